using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace AIMake.Simulator.People;

/// <summary>What was asked for on the consent page, and by whom it was allowed.</summary>
internal sealed record Consent(SimulatedPerson Person, string Service, string ClientId, string RedirectUri, string? Challenge, string? Nonce, string Scope, DateTimeOffset At);

/// <summary>Codes and access tokens of every simulated service. A code works once, for ten minutes.</summary>
internal sealed class Consents(TimeProvider time)
{
    /// <summary>The secret of every client.</summary>
    public const string Secret = "simulated-client-secret";

    private static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, Consent> _codes = new();
    private readonly ConcurrentDictionary<string, Consent> _tokens = new();

    public string Allow(Consent consent) => Keep(_codes, "", consent);

    /// <summary>Null for a code that is unknown, used, too old, or whose verifier does not fit.</summary>
    public Consent? Redeem(string code, string service, string clientId, string redirectUri, string? verifier) =>
        _codes.TryRemove(code, out var consent) && consent.Service == service && consent.ClientId == clientId && consent.RedirectUri == redirectUri
        && time.GetUtcNow() - consent.At < CodeLife && Fits(consent.Challenge, verifier)
            ? consent
            : null;

    public string TokenFor(string prefix, Consent consent) => Keep(_tokens, prefix, consent);

    public Consent? Find(string? token, string service) => token is not null && _tokens.TryGetValue(token, out var consent) && consent.Service == service ? consent : null;

    /// <summary>Sites run on this machine only, so nobody else is sent anybody.</summary>
    public static bool MayReturnTo(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.IsLoopback && uri.Scheme is "http" or "https";

    private static bool Fits(string? challenge, string? verifier) => challenge is null
        || (verifier is { Length: >= 43 and <= 128 } && challenge == System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))));

    private static string Keep(ConcurrentDictionary<string, Consent> shelf, string prefix, Consent consent)
    {
        var value = prefix + RandomNumberGenerator.GetHexString(40, lowercase: true);
        shelf[value] = consent;
        return value;
    }
}
