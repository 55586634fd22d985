using AIMake.Accounts.Clerk;
using AIMake.Platform.Database;

namespace AIMake.Accounts.Storage;

/// <summary>A row of <c>accounts.clerk_users</c>.</summary>
internal sealed record ClerkUserRow
{
    public long UpdatedAt { get; init; }

    public bool Banned { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }
}

/// <summary>A local user behind a Clerk session, at this moment.</summary>
internal sealed record ClerkCallerState
{
    public Guid Id { get; init; }

    public string Role { get; init; } = "";

    public string Status { get; init; } = "";
}

/// <summary>SQL of what Clerk says.</summary>
internal static class ClerkStore
{
    private static readonly Statement Hear = new("accounts", "clerk_event_insert",
        "INSERT INTO accounts.clerk_events (id, type, received_at) VALUES (@id, @type, @now) ON CONFLICT DO NOTHING");

    private static readonly Statement Touch = new("accounts", "clerk_user_touch",
        "INSERT INTO accounts.clerk_users (subject, updated_at) VALUES (@subject, 0) ON CONFLICT DO NOTHING");

    private static readonly Statement Lock = new("accounts", "clerk_user_lock",
        "SELECT updated_at, banned, deleted_at FROM accounts.clerk_users WHERE subject = @subject FOR UPDATE");

    private static readonly Statement Update = new("accounts", "clerk_user_update",
        "UPDATE accounts.clerk_users SET updated_at = @updatedAt, banned = @banned WHERE subject = @subject");

    private static readonly Statement Bury = new("accounts", "clerk_user_bury",
        "UPDATE accounts.clerk_users SET deleted_at = @now WHERE subject = @subject AND deleted_at IS NULL");

    private static readonly Statement Caller = new("accounts", "clerk_caller",
        """
        SELECT u.id, u.role, u.status FROM accounts.identities i JOIN accounts.users u ON u.id = i.user_id
        WHERE i.issuer = @issuer AND i.subject = @subject
        """);

    private static readonly Statement CallerById = new("accounts", "clerk_caller_by_id",
        "SELECT id, role, status FROM accounts.users WHERE id = @id");

    private static readonly Statement SubjectOf = new("accounts", "clerk_subject_of",
        "SELECT subject FROM accounts.identities WHERE user_id = @userId AND issuer = @issuer ORDER BY id LIMIT 1");

    private static readonly Statement Apply = new("accounts", "clerk_apply",
        """
        UPDATE accounts.users SET
            first_name = @firstName, last_name = @lastName, updated_at = @now,
            email = coalesce(@email::text, email),
            email_verified_at = CASE WHEN @email::text IS NULL THEN email_verified_at ELSE @now END,
            status = coalesce(@status::text, status)
        WHERE id = @id
        """);

    private static readonly Statement Disable = new("accounts", "clerk_disable",
        "UPDATE accounts.users SET status = 'disabled', security_epoch = security_epoch + 1, updated_at = @now WHERE id = @id");

    private static readonly Statement Purge = new("accounts", "clerk_purge",
        "DELETE FROM accounts.clerk_events WHERE received_at < @before");

    /// <summary>Nothing comes late after so long.</summary>
    private static readonly Statement PurgeBuried = new("accounts", "clerk_users_purge",
        """
        DELETE FROM accounts.clerk_users c
        WHERE c.deleted_at < @before AND NOT EXISTS (SELECT 1 FROM accounts.identities i WHERE i.provider = 'clerk' AND i.subject = c.subject)
        """);

    private static readonly Statement Unfinished = new("accounts", "clerk_unfinished_burials",
        """
        SELECT i.subject FROM accounts.identities i JOIN accounts.clerk_users c ON c.subject = i.subject
        WHERE i.issuer = @issuer AND c.deleted_at IS NOT NULL LIMIT 500
        """);

    /// <summary>Whom Clerk deleted stays known for a while, so that a late notice does not bring them back.</summary>
    private static readonly Statement Forget = new("accounts", "clerk_user_forget",
        """
        DELETE FROM accounts.clerk_users c USING accounts.identities i
        WHERE i.user_id = @userId AND i.provider = 'clerk' AND c.subject = i.subject AND c.deleted_at IS NULL
        """);

    /// <summary>False when this very notice was heard before.</summary>
    public static async Task<bool> HearAsync(DbSession session, string id, string type, DateTimeOffset now, CancellationToken ct) =>
        await session.ExecuteAsync(Hear, new { id, type, now }, ct) == 1;

    /// <summary>The row of a user, held to the end of the transaction; made where there is none.</summary>
    public static async Task<ClerkUserRow> LockAsync(DbSession session, string subject, CancellationToken ct)
    {
        await session.ExecuteAsync(Touch, new { subject }, ct);
        return await session.SingleAsync<ClerkUserRow>(Lock, new { subject }, ct);
    }

    public static Task UpdateAsync(DbSession session, ClerkProfile profile, CancellationToken ct) =>
        session.ExecuteAsync(Update, new { profile.Subject, profile.UpdatedAt, profile.Banned }, ct);

    public static Task BuryAsync(DbSession session, string subject, DateTimeOffset now, CancellationToken ct) => session.ExecuteAsync(Bury, new { subject, now }, ct);

    public static Task<ClerkCallerState?> CallerAsync(DbSession session, string issuer, string subject, CancellationToken ct) =>
        session.FindAsync<ClerkCallerState>(Caller, new { issuer, subject }, ct);

    public static Task<ClerkCallerState?> CallerAsync(DbSession session, Guid id, CancellationToken ct) => session.FindAsync<ClerkCallerState>(CallerById, new { id }, ct);

    public static Task<string?> SubjectOfAsync(DbSession session, Guid userId, string issuer, CancellationToken ct) =>
        session.FindAsync<string>(SubjectOf, new { userId, issuer }, ct);

    /// <param name="email">The new address, or null for the one there is.</param>
    /// <param name="status">The new status, or null for the one there is.</param>
    public static Task ApplyAsync(DbSession session, Guid id, ClerkProfile profile, string? email, string? status, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(Apply, new { id, profile.FirstName, profile.LastName, email, status, now }, ct);

    public static Task DisableAsync(DbSession session, Guid id, DateTimeOffset now, CancellationToken ct) => session.ExecuteAsync(Disable, new { id, now }, ct);

    public static async Task<int> PurgeAsync(DbSession session, DateTimeOffset before, CancellationToken ct) =>
        await session.ExecuteAsync(Purge, new { before }, ct) + await session.ExecuteAsync(PurgeBuried, new { before }, ct);

    /// <summary>Subjects Clerk has deleted that still have an account here.</summary>
    public static Task<IReadOnlyList<string>> UnfinishedBurialsAsync(DbSession session, string issuer, CancellationToken ct) =>
        session.QueryAsync<string>(Unfinished, new { issuer }, ct);

    public static Task ForgetAsync(DbSession session, Guid userId, CancellationToken ct) => session.ExecuteAsync(Forget, new { userId }, ct);
}
