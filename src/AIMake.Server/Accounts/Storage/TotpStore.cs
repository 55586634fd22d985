using AIMake.Platform.Database;

namespace AIMake.Accounts.Storage;

/// <summary>A row of <c>accounts.totp</c>.</summary>
internal sealed record TotpRow
{
    public Guid UserId { get; init; }

    public byte[] Box { get; init; } = [];

    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>Recovery codes not used yet.</summary>
    public int CodesLeft { get; init; }
}

/// <summary>SQL of <c>accounts.totp</c> and <c>accounts.recovery_codes</c>.</summary>
internal static class TotpStore
{
    private const string Columns = "t.user_id, t.box, t.confirmed_at, (SELECT count(*)::integer FROM accounts.recovery_codes c WHERE c.user_id = t.user_id AND c.used_at IS NULL) AS codes_left";

    private static readonly Statement Find = new("accounts", "totp_find", $"SELECT {Columns} FROM accounts.totp t WHERE t.user_id = @userId");

    // Beginning anew replaces what was begun, never what is in force.
    private static readonly Statement Begin = new("accounts", "totp_begin",
        """
        INSERT INTO accounts.totp AS t (user_id, box, created_at) VALUES (@userId, @box, @now)
        ON CONFLICT (user_id) DO UPDATE SET box = @box, created_at = @now WHERE t.confirmed_at IS NULL
        """);

    private static readonly Statement Confirm = new("accounts", "totp_confirm",
        "UPDATE accounts.totp SET confirmed_at = @now, last_step = @step WHERE user_id = @userId AND box = @box AND confirmed_at IS NULL");

    // Of any number of callers with the same code, one finds the step unused.
    private static readonly Statement UseStep = new("accounts", "totp_use_step",
        "UPDATE accounts.totp SET last_step = @step WHERE user_id = @userId AND confirmed_at IS NOT NULL AND last_step < @step");

    private static readonly Statement Remove = new("accounts", "totp_remove", "DELETE FROM accounts.totp WHERE user_id = @userId");

    private static readonly Statement AddCode = new("accounts", "recovery_code_insert",
        "INSERT INTO accounts.recovery_codes (user_id, digest) VALUES (@userId, @digest)");

    private static readonly Statement UseCode = new("accounts", "recovery_code_use",
        "UPDATE accounts.recovery_codes SET used_at = @now WHERE user_id = @userId AND digest = @digest AND used_at IS NULL");

    private static readonly Statement RemoveCodes = new("accounts", "recovery_codes_remove", "DELETE FROM accounts.recovery_codes WHERE user_id = @userId");

    private static readonly Statement Boxes = new("accounts", "totp_boxes",
        $"SELECT {Columns} FROM accounts.totp t WHERE @after::uuid IS NULL OR t.user_id > @after ORDER BY t.user_id LIMIT @take");

    private static readonly Statement Rebox = new("accounts", "totp_rebox", "UPDATE accounts.totp SET box = @renewed WHERE user_id = @userId AND box = @old");

    public static Task<TotpRow?> FindAsync(DbSession session, Guid userId, CancellationToken ct) => session.FindAsync<TotpRow>(Find, new { userId }, ct);

    /// <summary>False when a second factor is in force.</summary>
    public static async Task<bool> BeginAsync(DbSession session, Guid userId, byte[] box, DateTimeOffset now, CancellationToken ct) =>
        await session.ExecuteAsync(Begin, new { userId, box, now }, ct) == 1;

    /// <summary>False when it was begun anew or confirmed meanwhile.</summary>
    public static async Task<bool> ConfirmAsync(DbSession session, TotpRow row, long step, DateTimeOffset now, CancellationToken ct) =>
        await session.ExecuteAsync(Confirm, new { row.UserId, row.Box, step, now }, ct) == 1;

    /// <summary>False when a code of this step, or of a later one, was used before.</summary>
    public static async Task<bool> UseStepAsync(DbSession session, Guid userId, long step, CancellationToken ct) =>
        await session.ExecuteAsync(UseStep, new { userId, step }, ct) == 1;

    public static async Task<bool> RemoveAsync(DbSession session, Guid userId, CancellationToken ct) => await session.ExecuteAsync(Remove, new { userId }, ct) == 1;

    /// <summary>Puts a fresh set in the place of what is left of the old one.</summary>
    public static async Task ReplaceCodesAsync(DbSession session, Guid userId, IEnumerable<byte[]> digests, CancellationToken ct)
    {
        await session.ExecuteAsync(RemoveCodes, new { userId }, ct);
        foreach (var digest in digests)
        {
            await session.ExecuteAsync(AddCode, new { userId, digest }, ct);
        }
    }

    /// <summary>False when it is unknown or used.</summary>
    public static async Task<bool> UseCodeAsync(DbSession session, Guid userId, byte[] digest, DateTimeOffset now, CancellationToken ct) =>
        await session.ExecuteAsync(UseCode, new { userId, digest, now }, ct) == 1;

    public static Task<IReadOnlyList<TotpRow>> BoxesAsync(DbSession session, Guid? after, int take, CancellationToken ct) =>
        session.QueryAsync<TotpRow>(Boxes, new { after, take }, ct);

    public static async Task<bool> ReboxAsync(DbSession session, Guid userId, byte[] old, byte[] renewed, CancellationToken ct) =>
        await session.ExecuteAsync(Rebox, new { userId, old, renewed }, ct) == 1;
}
