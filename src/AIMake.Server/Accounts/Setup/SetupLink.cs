using AIMake.Accounts.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Secrets;
using Microsoft.Extensions.Options;

namespace AIMake.Accounts.Setup;

/// <summary>
/// The one-time link with which the first account becomes the admin. A new one is made at each start while there is no
/// admin, because only its digest is kept; all of them die with the first that is used.
/// </summary>
internal sealed class SetupLink(Database database, IOptions<AccountsOptions> options, TimeProvider clock, ILogger<SetupLink> log)
{
    /// <returns>Path and query to open in the browser, or null when there is an admin.</returns>
    public async Task<string?> EnsureAsync(CancellationToken ct)
    {
        var token = OpaqueToken.New();
        var now = clock.GetUtcNow();
        var expires = now + options.Value.SetupLinkLife;
        var made = await database.TransactAsync(
            DbPurpose.Admin,
            async session =>
            {
                if (await Users.AnyAdminAsync(session, except: null, ct))
                {
                    return false;
                }

                await SetupLinkStore.InsertAsync(session, token.Digest, now, expires, ct);
                return true;
            },
            ct);
        if (!made)
        {
            return null;
        }

        AccountsLog.SetupLinkMade(log, expires);
        return $"/setup?token={token.Value}";
    }

    /// <summary>Whether it is worth hashing a password for this link; the claim decides.</summary>
    public Task<bool> LooksValidAsync(OpaqueToken token, CancellationToken ct) => database.ReadAsync(
        DbPurpose.Hot,
        async session => await SetupLinkStore.IsValidAsync(session, token.Digest, clock.GetUtcNow(), ct) && !await Users.AnyAdminAsync(session, except: null, ct),
        ct);

    /// <summary>
    /// Uses the link up for a user about to be inserted as admin. Whoever claims waits for the claim before it to commit, so
    /// that of two links, or one link used twice, exactly one makes an admin.
    /// </summary>
    public async Task<Fault?> ClaimAsync(DbSession session, OpaqueToken token, Guid userId, CancellationToken ct)
    {
        await Users.LockAdminsAsync(session, ct);
        return !await Users.AnyAdminAsync(session, except: null, ct) && await SetupLinkStore.UseAsync(session, token.Digest, userId, clock.GetUtcNow(), ct)
            ? null
            : Invalid();
    }

    public static Fault Invalid() => new(FaultCodes.SetupLinkInvalid) { Field = "setupToken" };
}
