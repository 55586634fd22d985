using AIMake.Accounts.OAuth;
using AIMake.Platform.Database;
using Npgsql;

namespace AIMake.Accounts.Storage;

/// <summary>A row of <c>accounts.identities</c>.</summary>
internal sealed record IdentityRow
{
    public Guid Id { get; init; }

    public Guid UserId { get; init; }

    public string Provider { get; init; } = "";

    public string? Label { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset LastUsedAt { get; init; }
}

/// <summary>Whom an identity at a provider stands for, before it is stored.</summary>
internal sealed record IdentityDraft(Guid Id, string Provider, string Issuer, string Subject, string? Label);

/// <summary>SQL of <c>accounts.identities</c>. Issuer and subject are the identity.</summary>
internal static class IdentityStore
{
    public const string SubjectKey = "identities_subject_key";
    private const string Columns = "id, user_id, provider, label, created_at, last_used_at";

    private static readonly Statement Insert = new("accounts", "identity_insert",
        """
        INSERT INTO accounts.identities (id, user_id, provider, issuer, subject, label, created_at, last_used_at)
        VALUES (@id, @userId, @provider, @issuer, @subject, @label, @now, @now)
        """);

    private static readonly Statement Find = new("accounts", "identity_find",
        $"SELECT {Columns} FROM accounts.identities WHERE issuer = @issuer AND subject = @subject");

    private static readonly Statement Touch = new("accounts", "identity_touch",
        "UPDATE accounts.identities SET last_used_at = @now, label = coalesce(@label, label) WHERE id = @id");

    private static readonly Statement List = new("accounts", "identity_list",
        $"SELECT {Columns} FROM accounts.identities WHERE user_id = @userId ORDER BY id LIMIT 100");

    // The user's row is held, so that of two ways in that are removed at once one stays. Counting is a statement of its own: it has to see
    // what whoever held the row before has done.
    private static readonly Statement LockUser = new("accounts", "identity_lock_user",
        "SELECT password_hash IS NOT NULL FROM accounts.users WHERE id = @userId FOR UPDATE");

    private static readonly Statement Count = new("accounts", "identity_count",
        "SELECT count(*)::int FROM accounts.identities WHERE user_id = @userId AND provider = ANY(@usable::text[])");

    private static readonly Statement Delete = new("accounts", "identity_delete",
        "DELETE FROM accounts.identities WHERE id = @id AND user_id = @userId RETURNING provider");

    public static Task InsertAsync(DbSession session, IdentityDraft draft, Guid userId, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(Insert, new { draft.Id, userId, draft.Provider, draft.Issuer, draft.Subject, draft.Label, now }, ct);

    public static Task<IdentityRow?> FindAsync(DbSession session, string issuer, string subject, CancellationToken ct) =>
        session.FindAsync<IdentityRow>(Find, new { issuer, subject }, ct);

    public static Task TouchAsync(DbSession session, Guid id, string? label, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(Touch, new { id, label, now }, ct);

    public static Task<IReadOnlyList<IdentityRow>> ListAsync(DbSession session, Guid userId, CancellationToken ct) =>
        session.QueryAsync<IdentityRow>(List, new { userId }, ct);

    /// <summary>How many ways lead into the account: a password, and each identity at a usable provider. The count holds to the end of the transaction.</summary>
    public static async Task<int> CountWaysAsync(DbSession session, Guid userId, string[] usable, CancellationToken ct)
    {
        var hasPassword = await session.FindAsync<bool>(LockUser, new { userId }, ct);
        return (hasPassword ? 1 : 0) + await session.SingleAsync<int>(Count, new { userId, usable }, ct);
    }

    /// <returns>The provider, or null when the identity is not this user's.</returns>
    public static Task<string?> DeleteAsync(DbSession session, Guid id, Guid userId, CancellationToken ct) =>
        session.FindAsync<string>(Delete, new { id, userId }, ct);

    public static bool IsTaken(PostgresException e) => e.SqlState == PostgresErrorCodes.UniqueViolation && e.ConstraintName == SubjectKey;
}
