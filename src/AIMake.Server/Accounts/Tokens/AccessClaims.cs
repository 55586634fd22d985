namespace AIMake.Accounts.Tokens;

/// <summary>What an access token says. Rights are not in it: role and status are read when it is used.</summary>
/// <param name="UserId"><c>sub</c></param>
/// <param name="SessionId"><c>sid</c></param>
/// <param name="TokenId"><c>jti</c></param>
/// <param name="Epoch"><c>sv</c>: the user's security epoch when it was issued.</param>
internal sealed record AccessClaims(Guid UserId, Guid SessionId, Guid TokenId, int Epoch);

/// <summary>Why a token was refused. For the log and the tests; the caller only hears INVALID_TOKEN, INVALID_API_KEY or TOKEN_EXPIRED.</summary>
internal enum TokenRefusal
{
    Shape,
    Encoding,
    Header,
    ForbiddenHeader,
    Type,
    Algorithm,
    KeyId,
    Signature,
    Payload,
    Issuer,
    Audience,
    Expired,
    NotYetValid,
    Lifetime,
    Subject,

    /// <summary>An ID token that answers another question than ours.</summary>
    Nonce,

    /// <summary>A token made for the page of somebody else, or for another client.</summary>
    AuthorizedParty,

    /// <summary>The session at the issuer still waits for something.</summary>
    Pending,

    /// <summary>An API key that none is: misspelled, twice and different, or in the address.</summary>
    ApiKey,

    /// <summary>The key was revoked or has expired, the session ended, the user's epoch moved on, or the user is gone or disabled.</summary>
    Revoked,
}
