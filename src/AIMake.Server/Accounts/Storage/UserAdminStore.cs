using AIMake.Platform.Database;

namespace AIMake.Accounts.Storage;

/// <summary>A user as an administrator sees them.</summary>
internal sealed record UserAdminRow
{
    public Guid Id { get; init; }

    public string Username { get; init; } = "";

    public string Email { get; init; } = "";

    public string Role { get; init; } = "";

    public string Status { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? LastLoginAt { get; init; }

    public DateTimeOffset? EmailVerifiedAt { get; init; }

    public bool SecondFactor { get; init; }

    /// <summary>Open ones.</summary>
    public int Sessions { get; init; }

    /// <summary>API keys that stand.</summary>
    public int Keys { get; init; }
}

/// <summary>Where a page of users ended.</summary>
internal sealed record UserAdminCursor(DateTimeOffset At, Guid Id);

/// <summary>SQL for the administration of users.</summary>
internal static class UserAdminStore
{
    private const string Columns =
        """
        u.id, u.username, u.email, u.role, u.status, u.created_at, u.last_login_at, u.email_verified_at,
        EXISTS (SELECT 1 FROM accounts.totp t WHERE t.user_id = u.id AND t.confirmed_at IS NOT NULL) AS second_factor,
        (SELECT count(*)::integer FROM accounts.sessions s WHERE s.user_id = u.id AND s.ended_at IS NULL AND s.expires_at > @now) AS sessions,
        (SELECT count(*)::integer FROM accounts.api_keys k WHERE k.user_id = u.id AND k.revoked_at IS NULL) AS keys
        """;

    private static readonly Statement List = new("accounts", "admin_user_list",
        $"""
        SELECT {Columns} FROM accounts.users u
        WHERE (@q::text IS NULL OR strpos(lower(u.username), lower(@q)) > 0 OR strpos(lower(u.email), lower(@q)) > 0)
            AND (@role::text IS NULL OR u.role = @role) AND (@status::text IS NULL OR u.status = @status)
            AND (@afterAt::timestamptz IS NULL OR (u.created_at, u.id) < (@afterAt, @afterId::uuid))
        ORDER BY u.created_at DESC, u.id DESC LIMIT @take
        """);

    private static readonly Statement Find = new("accounts", "admin_user_find", $"SELECT {Columns} FROM accounts.users u WHERE u.id = @id");

    private static readonly Statement Lock = new("accounts", "admin_user_lock", "SELECT role, status FROM accounts.users WHERE id = @id FOR UPDATE");

    // What was issued before no longer counts when an account is closed; a change of rank alone keeps its sessions.
    private static readonly Statement Change = new("accounts", "admin_user_change",
        """
        UPDATE accounts.users SET role = @role, status = @status, updated_at = @now,
            security_epoch = security_epoch + CASE WHEN status = 'active' AND @status <> 'active' THEN 1 ELSE 0 END
        WHERE id = @id
        """);

    private static readonly Statement OtherAdmin = new("accounts", "admin_user_other_admin",
        "SELECT EXISTS (SELECT 1 FROM accounts.users WHERE role = 'admin' AND status = 'active' AND id <> @id)");

    private static readonly Statement FollowPlan = new("accounts", "admin_user_follow_plan",
        "UPDATE accounts.users SET role = @role, updated_at = @now WHERE id = @id AND role NOT IN ('admin', @role)");

    public static Task<IReadOnlyList<UserAdminRow>> ListAsync(
        DbSession session, string? q, string? role, string? status, UserAdminCursor? after, int take, DateTimeOffset now, CancellationToken ct) =>
        session.QueryAsync<UserAdminRow>(List, new { q, role, status, afterAt = after?.At, afterId = after?.Id, take, now }, ct);

    public static Task<UserAdminRow?> FindAsync(DbSession session, Guid id, DateTimeOffset now, CancellationToken ct) => session.FindAsync<UserAdminRow>(Find, new { id, now }, ct);

    /// <summary>Role and status, and nobody changes them before the transaction ends.</summary>
    public static Task<UserAdminRow?> LockAsync(DbSession session, Guid id, CancellationToken ct) => session.FindAsync<UserAdminRow>(Lock, new { id }, ct);

    public static Task ChangeAsync(DbSession session, Guid id, string role, string status, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(Change, new { id, role, status, now }, ct);

    /// <summary>Whether somebody else can run the installation.</summary>
    public static Task<bool> AnyOtherAdminAsync(DbSession session, Guid id, CancellationToken ct) => session.SingleAsync<bool>(OtherAdmin, new { id }, ct);

    /// <summary>False when the rank stays as it is.</summary>
    public static async Task<bool> FollowPlanAsync(DbSession session, Guid id, string role, DateTimeOffset now, CancellationToken ct) =>
        await session.ExecuteAsync(FollowPlan, new { id, role, now }, ct) == 1;
}
