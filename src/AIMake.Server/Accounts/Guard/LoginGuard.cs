using System.Security.Cryptography;
using System.Text;
using AIMake.Accounts.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Accounts.Guard;

/// <summary>One attempt that was let through and is already counted as failed.</summary>
/// <param name="Address">Null where only the account is counted.</param>
internal sealed record Attempt(byte[] Pair, byte[]? Address);

/// <summary>
/// Slows guessing down. Failures are counted per account and address, and per address over all accounts; beyond a few free
/// ones each failure doubles the wait, up to a quarter of an hour. Nobody can lock somebody else out: an account as such is
/// never blocked. Kept in the database, so neither a restart nor another node forgets.
/// </summary>
internal sealed class LoginGuard(Database database, TimeProvider clock)
{
    /// <summary>Failures on one account from one address before the first wait.</summary>
    public const int FreePerAccount = 5;

    /// <summary>Failures from one address, over all accounts, before the first wait.</summary>
    public const int FreePerAddress = 20;

    /// <summary>Longest wait.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(15);

    /// <summary>Failures older than this no longer count.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <param name="account">Login name as typed, or a user id where one is signed in.</param>
    /// <param name="address">Address to count by; null counts the account alone, for those who have proved themselves once already.</param>
    /// <returns>The attempt, or RATE_LIMITED with the time to wait.</returns>
    public Task<Outcome<Attempt>> BeginAsync(string account, string? address, CancellationToken ct)
    {
        var attempt = new Attempt(Digest($"pair\n{account.ToLowerInvariant()}\n{address}"), address is null ? null : Digest($"address\n{address}"));
        return database.ReadAsync(
            DbPurpose.Hot,
            async session =>
            {
                var fault = await CountAsync(session, attempt.Pair, FreePerAccount, ct)
                    ?? (attempt.Address is null ? null : await CountAsync(session, attempt.Address, FreePerAddress, ct));
                return fault is null ? attempt : (Outcome<Attempt>)fault;
            },
            ct);
    }

    /// <summary>The password was right: the account's failures are forgotten, the address gets this one attempt back.</summary>
    public Task SucceedAsync(Attempt attempt, CancellationToken ct) => database.ReadAsync(
        DbPurpose.Hot,
        async session =>
        {
            var now = clock.GetUtcNow();
            await LoginAttemptStore.ClearAsync(session, attempt.Pair, now - Memory, ct);
            if (attempt.Address is not null)
            {
                await LoginAttemptStore.ForgiveAsync(session, attempt.Address, now, ct);
            }

            return Done.Value;
        },
        ct);

    private async Task<Fault?> CountAsync(DbSession session, byte[] key, int free, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await LoginAttemptStore.CountAsync(session, key, free, (int)MaxWait.TotalSeconds, now, now - Memory, ct) is not null)
        {
            return null;
        }

        var until = await LoginAttemptStore.BlockedUntilAsync(session, key, ct) ?? now;
        var wait = Math.Max(1, (int)Math.Ceiling((until - now).TotalSeconds));
        return new Fault(FaultCodes.RateLimited, wait) { RetryAfter = TimeSpan.FromSeconds(wait) };
    }

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
