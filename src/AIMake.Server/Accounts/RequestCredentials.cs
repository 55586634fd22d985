using AIMake.Accounts.ApiKeys;

namespace AIMake.Accounts;

/// <summary>How a request says who sends it.</summary>
internal enum CredentialKind
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>An access token.</summary>
    Session,

    /// <summary>An API key, well spelled.</summary>
    ApiKey,

    /// <summary>Something that opens nothing: misspelled, or several that differ.</summary>
    Refused,

    /// <summary>A key stands in the address.</summary>
    Exposed,
}

/// <summary>
/// The credentials of a request: <c>Authorization: Bearer</c> with a token or a key, <c>x-api-key</c> or <c>api-key</c> with a key.
/// Addresses end up in logs and histories, so a key there closes the request whatever else it carries. Cookies are not read.
/// </summary>
/// <param name="Text">The access token; empty otherwise.</param>
/// <param name="Key">The key's digest; default otherwise.</param>
/// <param name="Length">Characters received, for the log.</param>
internal readonly record struct RequestCredentials(CredentialKind Kind, string Text, ApiKeyDigest Key, int Length)
{
    private static readonly string[] KeyHeaders = ["x-api-key", "api-key"];

    public static RequestCredentials Read(HttpRequest request)
    {
        if (request.QueryString.HasValue && HasKey(request.Query))
        {
            return new(CredentialKind.Exposed, "", default, 0);
        }

        var bearer = BearerToken.TryRead(request, out var token) ? token : null;
        var key = bearer;
        foreach (var header in KeyHeaders)
        {
            if (!request.Headers.TryGetValue(header, out var values))
            {
                continue;
            }

            if (values is not [{ } value] || (key is not null && key != value) || !ApiKeyText.IsMeant(value))
            {
                return Refused(values.ToString().Length);
            }

            key = value;
        }

        return key switch
        {
            null => default,
            _ when !ApiKeyText.IsMeant(key) => new(CredentialKind.Session, key, default, key.Length),
            _ when ApiKeyText.TryParse(key, out var digest) => new(CredentialKind.ApiKey, "", digest, key.Length),
            _ => Refused(key.Length),
        };
    }

    /// <summary>Never the token or the key.</summary>
    public override string ToString() => $"{Kind} ({Length} characters)";

    private static bool HasKey(IQueryCollection query)
    {
        foreach (var (name, values) in query)
        {
            foreach (var value in values)
            {
                if (ApiKeyText.IsMeant(name) || (value is not null && ApiKeyText.IsMeant(value)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static RequestCredentials Refused(int length) => new(CredentialKind.Refused, "", default, length);
}
