using System.Security.Cryptography;
using System.Text;
using AIMake.Platform.Faults;
using AIMake.Platform.Secrets;
using System.Buffers.Text;

namespace AIMake.Accounts.OAuth;

/// <summary>Somebody who says who a person is, asked by sending the person's browser there and taking it back.</summary>
internal interface IOAuthProvider
{
    /// <summary>In addresses and rows: <c>github</c>, <c>google</c>, …</summary>
    string Name { get; }

    /// <summary>On buttons.</summary>
    string DisplayName { get; }

    /// <summary>The address that the browser is sent to, or why there is none just now.</summary>
    Task<Outcome<Uri>> DepartAsync(Trip trip, CancellationToken ct);

    /// <summary>Trades the code that came back for the person, or OAUTH_FAILED.</summary>
    /// <param name="issuer"><c>iss</c> of the answer (RFC 9207), where one was given.</param>
    Task<Outcome<Person>> RedeemAsync(Trip trip, string code, string? issuer, CancellationToken ct);
}

/// <summary>
/// One way there and back. The state travels in the address; everything else follows from a value that only the browser keeps, in its
/// cookie, so neither the provider's answer nor a copy of our database is enough to finish somebody else's trip.
/// </summary>
/// <param name="RedirectUri">Where the provider sends the browser back to; made from the configured address, never from a request's.</param>
internal sealed record Trip(string State, OpaqueToken Browser, string RedirectUri)
{
    /// <summary>PKCE (RFC 7636 §4.1): 43 characters.</summary>
    public string Verifier => Derive("pkce");

    /// <summary>RFC 7636 §4.2, method S256.</summary>
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>What the ID token must repeat.</summary>
    public string Nonce => Derive("nonce");

    /// <summary>Never its secrets.</summary>
    public override string ToString() => "Trip";

    private string Derive(string purpose) => Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.ASCII.GetBytes(Browser.Value), Encoding.ASCII.GetBytes(purpose)));
}

/// <summary>Who somebody is at a provider.</summary>
/// <param name="Issuer">With <paramref name="Subject"/> the identity.</param>
/// <param name="Subject">Never changes hands there.</param>
/// <param name="Email">May be missing, and may change hands.</param>
/// <param name="EmailVerified">Whether the provider says that the address is theirs.</param>
/// <param name="Names">What a username may be made from, best first.</param>
/// <param name="Label">What the user knows the identity by.</param>
internal sealed record Person(string Issuer, string Subject, string? Email, bool EmailVerified, IReadOnlyList<string?> Names, string? FirstName, string? LastName, string? Label)
{
    /// <summary>Never names or addresses.</summary>
    public override string ToString() => "Person";
}
