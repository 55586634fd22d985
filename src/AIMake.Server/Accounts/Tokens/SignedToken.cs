using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using AIMake.Platform.Secrets;

namespace AIMake.Accounts.Tokens;

/// <summary>
/// A JWT in its compact form (RFC 7515 §3.1) with a header found in order. Nothing of it is verified: whoever opened it checks type,
/// algorithm, key and signature, in that order, and reads the payload last. The checks that every token shares, ours or another's:
/// <list type="number">
/// <item>at most 8 KB, exactly two dots;</item>
/// <item>each part has exactly one spelling (<see cref="StrictBase64Url"/>);</item>
/// <item>the header is a small flat JSON object without duplicates;</item>
/// <item>members that bring keys, extensions or compression along are refused.</item>
/// </list>
/// </summary>
internal sealed class SignedToken
{
    private const int MaxToken = 8 * 1024;
    private const int MaxHeader = 1024;
    private const int MaxPayload = 6 * 1024;
    private const int MaxKid = 64;
    private static readonly string[] ForbiddenHeaders = ["crit", "b64", "zip", "enc", "jku", "jwk", "x5u", "x5c"];
    private readonly JsonElement _header;
    private readonly byte[] _payload;

    private SignedToken(JsonElement header, byte[] signed, byte[] payload, byte[] signature) =>
        (_header, Signed, _payload, Signature) = (header, signed, payload, signature);

    /// <summary><c>alg</c>, or null where it is absent or no text.</summary>
    public string? Algorithm => _header.Text("alg");

    /// <summary>The received characters the signature is over.</summary>
    public byte[] Signed { get; }

    public byte[] Signature { get; }

    /// <returns>The token, or why not: exactly one of both.</returns>
    public static (SignedToken? Token, TokenRefusal? Refusal) Open(string token)
    {
        if (token.Length > MaxToken || token.AsSpan().Count('.') != 2)
        {
            return (null, TokenRefusal.Shape);
        }

        var first = token.IndexOf('.', StringComparison.Ordinal);
        var last = token.LastIndexOf('.');
        if (!StrictBase64Url.TryDecode(token.AsSpan(0, first), out var head)
            || !StrictBase64Url.TryDecode(token.AsSpan(first + 1, last - first - 1), out var payload)
            || !StrictBase64Url.TryDecode(token.AsSpan(last + 1), out var signature))
        {
            return (null, TokenRefusal.Encoding);
        }

        if (ReadObject(head, MaxHeader, maxDepth: 2) is not { } header)
        {
            return (null, TokenRefusal.Header);
        }

        return Array.Exists(ForbiddenHeaders, name => header.TryGetProperty(name, out _))
            ? (null, TokenRefusal.ForbiddenHeader)
            : (new SignedToken(header, Encoding.ASCII.GetBytes(token, 0, last), payload, signature), null);
    }

    /// <summary>Whether <c>typ</c> is this, or absent where that is allowed.</summary>
    public bool IsOfType(string type, StringComparison comparison = StringComparison.Ordinal, bool orNone = false) =>
        _header.TryGetProperty("typ", out _) ? string.Equals(_header.Text("typ"), type, comparison) : orNone;

    /// <param name="kid">The key's name; null when the header names none.</param>
    /// <returns>False when the name is no text or too long to be one.</returns>
    public bool TryGetKeyId(out string? kid)
    {
        kid = _header.Text("kid");
        return kid is null ? !_header.TryGetProperty("kid", out _) : kid.Length <= MaxKid;
    }

    /// <summary>The payload, for whoever has verified the signature; null when it is no small, shallow JSON object.</summary>
    public JsonElement? ReadPayload() => ReadObject(_payload, MaxPayload, maxDepth: 8);

    private static JsonElement? ReadObject(byte[] bytes, int limit, int maxDepth)
    {
        if (bytes.Length > limit || !Utf8.IsValid(bytes))
        {
            return null;
        }

        try
        {
            var json = JsonElement.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = maxDepth });
            return json.ValueKind == JsonValueKind.Object ? json : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for half a surrogate pair in a name
        {
            return null;
        }
    }
}
