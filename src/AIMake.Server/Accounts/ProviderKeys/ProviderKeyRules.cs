using AIMake.Platform.Faults;
using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.Routing;

namespace AIMake.Accounts.ProviderKeys;

/// <summary>Which keys are taken: for providers known here, at addresses that may be called, in characters that can be sent.</summary>
internal sealed class ProviderKeyRules(IKnownProviders providers, OutboundUrls urls)
{
    private const int LongestName = 80;
    private const int LongestKey = 4_096;
    private const int ShortestShown = 12;

    public Outcome<KnownProvider> Service(string name) => providers.Find(name) is { } known
        ? known
        : Fault.Invalid("service", Said.OneOf(providers.Names));

    public static Fault? Name(string name) => name.Length is 0 or > LongestName || name.Trim() != name || name.Any(char.IsControl)
        ? Fault.Invalid("keyName", Said.Name(LongestName))
        : null;

    /// <summary>Line breaks and the like would become headers of their own at the provider.</summary>
    public static Fault? Key(KnownProvider provider, string key)
    {
        if (key.Length > LongestKey)
        {
            return Fault.Invalid("keyValue", Said.AtMost(LongestKey));
        }

        return OutboundHeaders.Check(key, "keyValue").Fault
            ?? (provider.IsPair && key.Split(':') is not [{ Length: > 0 }, { Length: > 0 }] ? Fault.Invalid("keyValue", Said.Pair) : null);
    }

    /// <returns>The address without its last slash; null for the provider's own.</returns>
    public async Task<Outcome<string?>> BaseUrlAsync(string? url, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(url))
        {
            return (string?)null;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out _) || url[0] == '/')
        {
            return Fault.Invalid("baseUrl", new Said("a whole address that begins with https://", "以 https:// 开头的完整地址"));
        }

        var judged = await urls.ResolveAsync(url, ct);
        if (judged.Fault is { } fault)
        {
            return fault;
        }

        return judged.Value is { Query: "", Fragment: "" }
            ? judged.Value.AbsoluteUri.TrimEnd('/')
            : Fault.Invalid("baseUrl", new Said("an address without query or fragment", "地址不能带查询参数或片段"));
    }

    public static string Last4(string key) => key.Length >= ShortestShown ? key[^4..] : "";
}
