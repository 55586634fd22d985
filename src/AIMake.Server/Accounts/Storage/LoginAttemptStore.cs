using AIMake.Platform.Database;

namespace AIMake.Accounts.Storage;

/// <summary>SQL of <c>accounts.login_attempts</c>.</summary>
internal static class LoginAttemptStore
{
    // Counted as a failure before the password is looked at, in one statement: parallel guesses queue up on the row, and
    // none of them is compared for free. Zero rows: blocked, and the attempt is not counted.
    private static readonly Statement Count = new("accounts", "login_attempt_count",
        """
        INSERT INTO accounts.login_attempts AS a (key, failures, last_at, blocked_until) VALUES (@key, 1, @now, @now)
        ON CONFLICT (key) DO UPDATE SET
            failures = CASE WHEN a.last_at < @forgetBefore THEN 1 ELSE a.failures + 1 END,
            last_at = @now,
            blocked_until = CASE
                WHEN a.last_at < @forgetBefore OR a.failures + 1 < @free THEN @now
                ELSE @now + make_interval(secs => least(power(2, least(a.failures + 1 - @free, 30)), @most)) END
        WHERE a.blocked_until <= @now
        RETURNING failures
        """);

    private static readonly Statement BlockedUntil = new("accounts", "login_attempt_blocked_until",
        "SELECT blocked_until FROM accounts.login_attempts WHERE key = @key");

    private static readonly Statement Forgive = new("accounts", "login_attempt_forgive",
        "UPDATE accounts.login_attempts SET failures = greatest(failures - 1, 0), blocked_until = @now WHERE key = @key");

    private static readonly Statement Clear = new("accounts", "login_attempt_clear",
        "DELETE FROM accounts.login_attempts WHERE key = @key OR last_at < @forgetBefore");

    /// <param name="free">Failures before the first delay.</param>
    /// <param name="most">Longest delay in seconds.</param>
    /// <returns>Failures so far, this one included; null when blocked.</returns>
    public static Task<int?> CountAsync(DbSession session, byte[] key, int free, int most, DateTimeOffset now, DateTimeOffset forgetBefore, CancellationToken ct) =>
        session.FindAsync<int?>(Count, new { key, free, most, now, forgetBefore }, ct);

    public static Task<DateTimeOffset?> BlockedUntilAsync(DbSession session, byte[] key, CancellationToken ct) =>
        session.FindAsync<DateTimeOffset?>(BlockedUntil, new { key }, ct);

    public static Task ForgiveAsync(DbSession session, byte[] key, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(Forgive, new { key, now }, ct);

    /// <summary>Forgets the key, and with it every row that no longer counts.</summary>
    public static Task ClearAsync(DbSession session, byte[] key, DateTimeOffset forgetBefore, CancellationToken ct) =>
        session.ExecuteAsync(Clear, new { key, forgetBefore }, ct);
}
