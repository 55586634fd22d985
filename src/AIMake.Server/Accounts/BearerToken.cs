using System.Diagnostics.CodeAnalysis;

namespace AIMake.Accounts;

/// <summary>The <c>Authorization: Bearer</c> header. Tokens in addresses or cookies are not read: they leak there.</summary>
internal static class BearerToken
{
    /// <returns>False without credentials of any kind. A header that is there but unreadable gives an empty token, which no check passes.</returns>
    public static bool TryRead(HttpRequest request, [NotNullWhen(true)] out string? token)
    {
        const string scheme = "Bearer ";
        token = request.Headers.Authorization switch
        {
            [] => null,
            [{ } one] when one.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) => one[scheme.Length..],
            _ => "",
        };
        return token is not null;
    }
}
