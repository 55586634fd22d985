using AIMake.Platform.Faults;

namespace AIMake.Accounts.ApiKeys;

/// <summary>What an API key may be used for. The set is closed: accounts, keys and administration are in none of them.</summary>
[Flags]
internal enum ApiKeyScope
{
    None = 0,

    /// <summary>Chat, completions and responses.</summary>
    Chat = 1 << 0,

    Embeddings = 1 << 1,

    Speech = 1 << 2,

    Transcription = 1 << 3,

    Images = 1 << 4,

    Videos = 1 << 5,

    /// <summary>Which models there are, and at what price.</summary>
    Models = 1 << 6,

    /// <summary>What was made: list, download, rename, delete.</summary>
    Library = 1 << 7,

    /// <summary>What was used and what it cost; balance and statement.</summary>
    Usage = 1 << 8,

    /// <summary>Profile, plan and balance, to be looked at only.</summary>
    AccountRead = 1 << 9,

    /// <summary>Everything that makes something.</summary>
    Making = Chat | Embeddings | Speech | Transcription | Images | Videos,
}

/// <summary>The scopes' names on the wire.</summary>
internal static class ApiKeyScopes
{
    private static readonly (string Name, ApiKeyScope Scope)[] Named =
    [
        ("chat", ApiKeyScope.Chat), ("embeddings", ApiKeyScope.Embeddings), ("speech", ApiKeyScope.Speech), ("transcription", ApiKeyScope.Transcription),
        ("images", ApiKeyScope.Images), ("videos", ApiKeyScope.Videos), ("models", ApiKeyScope.Models), ("library", ApiKeyScope.Library),
        ("usage", ApiKeyScope.Usage), ("account:read", ApiKeyScope.AccountRead),
    ];

    /// <summary>Kinds of generations and the scope that makes them.</summary>
    private static readonly Dictionary<string, ApiKeyScope> ByKind = new(StringComparer.Ordinal)
    {
        ["chat"] = ApiKeyScope.Chat, ["embedding"] = ApiKeyScope.Embeddings, ["speech"] = ApiKeyScope.Speech,
        ["transcription"] = ApiKeyScope.Transcription, ["image"] = ApiKeyScope.Images, ["video"] = ApiKeyScope.Videos,
    };

    public static IReadOnlyList<string> Names { get; } = [.. Named.Select(n => n.Name)];

    /// <summary>Null for a name outside the set.</summary>
    public static ApiKeyScope? Find(string name) =>
        Array.Find(Named, n => string.Equals(n.Name, name, StringComparison.Ordinal)) is { Name: not null } found ? found.Scope : null;

    /// <summary>The scopes of a stored row; names of a newer server are passed over and give nothing.</summary>
    public static ApiKeyScope Read(IEnumerable<string> names) =>
        names.Aggregate(ApiKeyScope.None, (scopes, name) => scopes | (Find(name) ?? ApiKeyScope.None));

    public static string[] Write(ApiKeyScope scopes) => [.. Named.Where(n => scopes.HasFlag(n.Scope)).Select(n => n.Name)];

    /// <summary>Refuses a key, and says which scope it lacks.</summary>
    /// <param name="anyOf">Those that would do; none where only a person may.</param>
    public static Fault Denied(ApiKeyScope anyOf)
    {
        var names = Write(anyOf);
        var list = string.Join(", ", names);
        return new Fault(FaultCodes.ScopeDenied, names.Length switch
        {
            0 => new Said("no API key opens this, a person has to sign in", "任何 API 密钥都不能用于此处，须登录后操作"),
            1 => new Said($"it lacks the scope {list}", $"缺少权限 {list}"),
            _ => new Said($"it needs one of the scopes {list}", $"需要以下权限之一：{list}"),
        });
    }

    /// <summary>The scope behind a kind of generation; none for a kind no key may make.</summary>
    public static ApiKeyScope OfKind(string kind) => ByKind.GetValueOrDefault(kind);
}
