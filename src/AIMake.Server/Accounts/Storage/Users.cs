using AIMake.Platform.Database;
using Npgsql;

namespace AIMake.Accounts.Storage;

/// <summary>A row of <c>accounts.users</c>.</summary>
internal sealed record UserRow
{
    public Guid Id { get; init; }

    public string Username { get; init; } = "";

    public string Email { get; init; } = "";

    /// <summary>Null for a user who has no password and comes in through others.</summary>
    public string? PasswordHash { get; init; }

    public string Role { get; init; } = "";

    public string Status { get; init; } = "";

    public int SecurityEpoch { get; init; }

    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public string? Avatar { get; init; }

    /// <summary>JSON of <see cref="Profile.Preferences"/>.</summary>
    public string Preferences { get; init; } = "{}";

    public string AgreementVersion { get; init; } = "";

    public DateTimeOffset AgreementAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the present address was last proved to be theirs; null: never.</summary>
    public DateTimeOffset? EmailVerifiedAt { get; init; }

    /// <summary>An address asked for, until it is confirmed.</summary>
    public string? PendingEmail { get; init; }

    public bool IsActive => Status == "active";
}

/// <summary>SQL of <c>accounts.users</c>. Names are kept in Unicode form C and compared without case.</summary>
internal static class Users
{
    public const string UsernameKey = "users_username_key";
    public const string EmailKey = "users_email_key";

    private const string Columns =
        """
        id, username, email, password_hash, role, status, security_epoch, first_name, last_name, avatar, preferences::text AS preferences,
        agreement_version, agreement_at, created_at, email_verified_at, pending_email
        """;

    private static readonly Statement InsertUser = new("accounts", "user_insert",
        $"""
        INSERT INTO accounts.users (id, username, email, password_hash, role, first_name, last_name, preferences, agreement_version, agreement_at, created_at, updated_at, last_login_at, email_verified_at)
        VALUES (@id, normalize(@username), normalize(@email), @passwordHash, @role, @firstName, @lastName, @preferences::jsonb, @agreementVersion, @now, @now, @now, @now, @emailVerifiedAt)
        RETURNING {Columns}
        """);

    private static readonly Statement SelectById = new("accounts", "user_by_id",
        $"SELECT {Columns} FROM accounts.users WHERE id = @id");

    private static readonly Statement SelectByUsername = new("accounts", "user_by_username",
        $"SELECT {Columns} FROM accounts.users WHERE lower(username) = lower(normalize(@login))");

    private static readonly Statement SelectByEmail = new("accounts", "user_by_email",
        $"SELECT {Columns} FROM accounts.users WHERE lower(email) = lower(normalize(@login))");

    private static readonly Statement MarkLogin = new("accounts", "user_mark_login",
        "UPDATE accounts.users SET last_login_at = @now, password_hash = coalesce(@rehash::text, password_hash) WHERE id = @id AND password_hash IS NOT DISTINCT FROM @known::text AND status = 'active'");

    private static readonly Statement UpdateProfile = new("accounts", "user_update_profile",
        $"""
        UPDATE accounts.users SET
            username = normalize(coalesce(@username, username)),
            email = normalize(coalesce(@email, email)),
            email_verified_at = CASE WHEN @email::text IS NULL OR normalize(@email) = email THEN email_verified_at END,
            pending_email = CASE WHEN @email::text IS NULL THEN pending_email END,
            first_name = CASE WHEN @firstName::text IS NULL THEN first_name ELSE nullif(@firstName, '') END,
            last_name = CASE WHEN @lastName::text IS NULL THEN last_name ELSE nullif(@lastName, '') END,
            avatar = CASE WHEN @avatar::text IS NULL THEN avatar ELSE nullif(@avatar, '') END,
            preferences = preferences || coalesce(@preferences::jsonb, jsonb_build_object()),
            updated_at = @now
        WHERE id = @id
        RETURNING {Columns}
        """);

    private static readonly Statement UpdatePassword = new("accounts", "user_update_password",
        """
        UPDATE accounts.users SET password_hash = @hash, security_epoch = security_epoch + 1, updated_at = @now
        WHERE id = @id AND password_hash IS NOT DISTINCT FROM @known::text
        RETURNING security_epoch
        """);

    private static readonly Statement AskEmail = new("accounts", "user_ask_email",
        "UPDATE accounts.users SET pending_email = normalize(@email::text) WHERE id = @id");

    private static readonly Statement ProveEmail = new("accounts", "user_prove_email",
        "UPDATE accounts.users SET email_verified_at = @now WHERE id = @id AND email = @email AND email_verified_at IS NULL");

    private static readonly Statement ChangeEmail = new("accounts", "user_change_email",
        "UPDATE accounts.users SET email = @email, email_verified_at = @now, pending_email = NULL, updated_at = @now WHERE id = @id");

    private static readonly Statement UpdateAgreement = new("accounts", "user_update_agreement",
        "UPDATE accounts.users SET agreement_at = @now, agreement_version = @version WHERE id = @id AND agreement_version <> @version");

    private static readonly Statement SelectNames = new("accounts", "user_names",
        "SELECT id, username FROM accounts.users WHERE id = ANY(@ids::uuid[])");

    private static readonly Statement DeleteUser = new("accounts", "user_delete",
        "DELETE FROM accounts.users WHERE id = @id");

    private static readonly Statement AnyAdmin = new("accounts", "user_any_other_admin",
        "SELECT EXISTS (SELECT 1 FROM accounts.users WHERE role = 'admin' AND id IS DISTINCT FROM @except::uuid)");

    // Whoever makes the first admin or removes one waits for whoever does the same; the number only has to be ours.
    private static readonly Statement LockAdmins = new("accounts", "user_lock_admins",
        "SELECT pg_advisory_xact_lock(4165010001)");

    public static Task<UserRow> InsertAsync(DbSession session, UserRow row, DateTimeOffset now, CancellationToken ct) =>
        session.SingleAsync<UserRow>(
            InsertUser,
            new { row.Id, row.Username, row.Email, row.PasswordHash, row.Role, row.FirstName, row.LastName, row.Preferences, row.AgreementVersion, row.EmailVerifiedAt, now },
            ct);

    public static Task<UserRow?> FindAsync(DbSession session, Guid id, CancellationToken ct) =>
        session.FindAsync<UserRow>(SelectById, new { id }, ct);

    /// <summary>By e-mail when it has an at sign, which no username has; else by username.</summary>
    public static Task<UserRow?> FindByLoginAsync(DbSession session, string login, CancellationToken ct) =>
        session.FindAsync<UserRow>(login.Contains('@', StringComparison.Ordinal) ? SelectByEmail : SelectByUsername, new { login }, ct);

    /// <summary>False when the password changed or the user was disabled since <paramref name="row"/> was read.</summary>
    public static async Task<bool> MarkLoginAsync(DbSession session, UserRow row, string? rehash, DateTimeOffset now, CancellationToken ct) =>
        await session.ExecuteAsync(MarkLogin, new { row.Id, known = row.PasswordHash, rehash, now }, ct) == 1;

    public static Task<UserRow?> UpdateProfileAsync(DbSession session, Guid id, ProfileChange change, DateTimeOffset now, CancellationToken ct) =>
        session.FindAsync<UserRow>(
            UpdateProfile,
            new { id, change.Username, change.Email, change.FirstName, change.LastName, change.Avatar, change.Preferences, now },
            ct);

    /// <returns>The new epoch, or null when the password was changed by somebody else meanwhile.</returns>
    public static Task<int?> UpdatePasswordAsync(DbSession session, UserRow row, string hash, DateTimeOffset now, CancellationToken ct) =>
        session.FindAsync<int?>(UpdatePassword, new { row.Id, known = row.PasswordHash, hash, now }, ct);

    /// <param name="email">Null takes back what was asked for.</param>
    public static Task AskEmailAsync(DbSession session, Guid id, string? email, CancellationToken ct) => session.ExecuteAsync(AskEmail, new { id, email }, ct);

    /// <summary>The address, while it is still the user's, is theirs.</summary>
    public static Task ProveEmailAsync(DbSession session, Guid id, string email, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(ProveEmail, new { id, email, now }, ct);

    /// <summary>Puts a proved address in the place of the present one.</summary>
    /// <exception cref="PostgresException">It is somebody else's, see <see cref="TakenField"/>.</exception>
    public static Task ChangeEmailAsync(DbSession session, Guid id, string email, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(ChangeEmail, new { id, email, now }, ct);

    /// <summary>False when that version was accepted before.</summary>
    public static async Task<bool> AcceptAgreementAsync(DbSession session, Guid id, string version, DateTimeOffset now, CancellationToken ct) =>
        await session.ExecuteAsync(UpdateAgreement, new { id, version, now }, ct) == 1;

    /// <summary>Usernames by id, of those who still are users.</summary>
    public static async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(DbSession session, Guid[] ids, CancellationToken ct) =>
        ids.Length == 0
            ? new Dictionary<Guid, string>()
            : (await session.QueryAsync<(Guid Id, string Username)>(SelectNames, new { ids }, ct)).ToDictionary(u => u.Id, u => u.Username);

    public static Task DeleteAsync(DbSession session, Guid id, CancellationToken ct) => session.ExecuteAsync(DeleteUser, new { id }, ct);

    /// <summary>Held to the end of the transaction by those who make or remove an admin.</summary>
    public static Task LockAdminsAsync(DbSession session, CancellationToken ct) => session.ExecuteAsync(LockAdmins, null, ct);

    public static Task<bool> AnyAdminAsync(DbSession session, Guid? except, CancellationToken ct) =>
        session.SingleAsync<bool>(AnyAdmin, new { except }, ct);

    /// <summary>Which unique name a violated constraint is about, or null for another error.</summary>
    public static string? TakenField(PostgresException e) => e.SqlState != PostgresErrorCodes.UniqueViolation
        ? null
        : e.ConstraintName switch
        {
            UsernameKey => "username",
            EmailKey => "email",
            _ => null,
        };
}

/// <summary>What to change of a profile: null leaves as it is, an empty text clears.</summary>
/// <param name="Preferences">JSON of the members to change.</param>
internal sealed record ProfileChange(string? Username, string? Email, string? FirstName, string? LastName, string? Avatar, string? Preferences);
