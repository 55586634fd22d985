using System.Text.Json;

namespace AIMake.Accounts.Jwt;

/// <summary>The keys an issuer publishes (RFC 7517 §5), as far as they can verify here.</summary>
internal sealed class KeySet
{
    /// <summary>Members beyond which a set is refused as a whole.</summary>
    public const int MaxKeys = 20;

    private const int MaxDepth = 6;
    private readonly VerificationKey[] _keys;
    private readonly bool _single;

    private KeySet(VerificationKey[] keys, bool single) => (_keys, _single) = (keys, single);

    /// <summary>Null when it is no set of keys, or one with too many. Members that cannot be used are left out.</summary>
    public static KeySet? Parse(byte[] json)
    {
        try
        {
            var root = JsonElement.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaxDepth });
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
                && keys.GetArrayLength() is var count and <= MaxKeys
                    ? new KeySet([.. keys.EnumerateArray().Select(VerificationKey.From).OfType<VerificationKey>()], count == 1)
                    : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The one key of exactly this name. No name is understood only of a set that has a single member; a name given twice means nothing.</summary>
    public VerificationKey? Find(string? kid)
    {
        if (kid is null)
        {
            return _single && _keys is [var only] ? only : null;
        }

        return _keys.Where(key => string.Equals(key.Kid, kid, StringComparison.Ordinal)).Take(2).ToArray() is [var found] ? found : null;
    }
}
