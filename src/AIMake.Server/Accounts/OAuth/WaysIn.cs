using AIMake.Accounts.Clerk;
using AIMake.Accounts.Storage;
using AIMake.Platform.Database;

namespace AIMake.Accounts.OAuth;

/// <summary>
/// What leads into an account: a password, and each identity at a provider that is set up. One at a provider the operator has taken out of the
/// settings leads nowhere, so it does not count.
/// </summary>
internal sealed class WaysIn(OAuthProviders providers, ClerkOptions clerk)
{
    private const string Clerk = "clerk";
    private readonly string[] _usable = [.. providers.All.Select(p => p.Name), .. clerk.IsOn ? [Clerk] : Array.Empty<string>()];

    /// <summary>The count holds to the end of the transaction: whoever takes another way out waits for it.</summary>
    public Task<int> CountAsync(DbSession session, Guid userId, CancellationToken ct) => IdentityStore.CountWaysAsync(session, userId, _usable, ct);
}
