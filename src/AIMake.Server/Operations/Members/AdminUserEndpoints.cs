using AIMake.Accounts;
using AIMake.Accounts.Profile;
using AIMake.Accounts.Roles;
using AIMake.Accounts.Storage;
using AIMake.Credits;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Operations.Members;

/// <summary>A user, for administrators.</summary>
/// <param name="Status"><c>disabled</c> is shut out.</param>
/// <param name="LastLoginAt">UTC; null before the first time.</param>
/// <param name="Sessions">Places where they are signed in.</param>
/// <param name="Keys">API keys that stand.</param>
public sealed record AdminUserView(
    Guid Id, string Username, string Email, bool EmailVerified, Role Role, AccountStatus Status, bool SecondFactor, int Sessions, int Keys, DateTimeOffset CreatedAt,
    DateTimeOffset? LastLoginAt)
{
    internal static AdminUserView From(UserAdminRow row) => new(
        row.Id, row.Username, row.Email, row.EmailVerifiedAt is not null, Enum.Parse<Role>(row.Role, ignoreCase: true),
        Enum.Parse<AccountStatus>(row.Status, ignoreCase: true), row.SecondFactor, row.Sessions, row.Keys, row.CreatedAt, row.LastLoginAt);
}

/// <summary>A user with their plan and credits.</summary>
public sealed record AdminUserDetails(AdminUserView User, string Plan, CreditsSummary Credits);

/// <summary>What to change; what is left out stays.</summary>
/// <param name="Role"><c>user</c>, <c>premium</c> (otherwise follows the plan) or <c>admin</c>.</param>
/// <param name="Status"><c>disabled</c> shuts out, within five seconds and everywhere; <c>active</c> lets in again.</param>
public sealed record ChangeUserRequest(Role? Role = null, AccountStatus? Status = null);

/// <summary>Gives credits or takes them back.</summary>
/// <param name="Amount">Credits, not 0; below 0 takes away what is there and not set aside, never more.</param>
/// <param name="Reason">1–200 characters; the user sees it in their statement.</param>
public sealed record AdjustCreditsRequest(Micro Amount, string Reason);

/// <summary>What an adjustment did.</summary>
/// <param name="Changed">Credits given, or below 0 taken; 0 when the same request was there before.</param>
public sealed record CreditAdjustment(Micro Changed, CreditsSummary Credits);

/// <summary>Routes of the administration of users.</summary>
internal static class AdminUserEndpoints
{
    private const int MostReason = 200;
    private const int MostQuery = 100;

    public static void MapAdminUsers(this IEndpointRouteBuilder app)
    {
        var users = app.MapGroup("/api/admin/users").Require(Permission.ManageUsers).WithTags("Admin");
        users.MapGet("", List).WithName("ListUsers").WithSummary("Users, newest first; by name, rank or status");
        users.MapGet("/{id:guid}", Find).WithName("GetAdminUser").WithSummary("One user with plan and credits");
        users.MapPut("/{id:guid}", Change).WithName("ChangeUser").WithSummary("Give a rank, shut out or let in; every node follows within five seconds");
        users.MapPost("/{id:guid}/credits", Adjust).WithName("AdjustCredits").WithSummary("Give credits or take them back, with a reason");
    }

    /// <param name="q">Part of a username or an address.</param>
    /// <param name="role"><c>user</c>, <c>premium</c> or <c>admin</c>.</param>
    /// <param name="status"><c>active</c> or <c>disabled</c>.</param>
    private static async Task<ApiResult<Page<AdminUserView>>> List(
        [AsParameters] PageQuery page, string? q, string? role, string? status, AdminUsers users, CancellationToken ct)
    {
        if (!Read<Role>("role", role).TryGet(out var rank, out var unknown) || !Read<AccountStatus>("status", status).TryGet(out var standing, out unknown))
        {
            return ApiResult.From<Page<AdminUserView>>(unknown);
        }

        if (q?.Length > MostQuery || q?.Contains('\0', StringComparison.Ordinal) == true)
        {
            return ApiResult.From<Page<AdminUserView>>(Fault.Invalid("q", Said.AtMost(MostQuery)));
        }

        return page.Read<UserAdminCursor>("users:created").TryGet(out var request, out var fault)
            ? await users.ListAsync(string.IsNullOrWhiteSpace(q) ? null : q.Trim(), rank, standing, request, ct)
            : ApiResult.From<Page<AdminUserView>>(fault);
    }

    private static async Task<ApiResult<AdminUserDetails>> Find(Guid id, AdminUsers users, CancellationToken ct) => ApiResult.From(await users.FindAsync(id, ct));

    private static async Task<ApiResult<AdminUserDetails>> Change(Guid id, ChangeUserRequest body, AdminUsers users, CancellationToken ct) =>
        ApiResult.From(await users.ChangeAsync(id, body.Role, body.Status, ct));

    private static async Task<ApiResult<CreditAdjustment>> Adjust(
        Guid id, AdjustCreditsRequest body, IdempotencyKey key, CurrentCaller caller, AdminUsers users, CancellationToken ct) =>
        Check(body) is { } fault
            ? ApiResult.From<CreditAdjustment>(fault)
            : ApiResult.From(await users.AdjustAsync(caller, id, body.Amount, body.Reason, key.Claim, ct));

    private static Outcome<T?> Read<T>(string name, string? text)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(n => n.ToLowerInvariant()).ToList();
        return string.IsNullOrEmpty(text) ? (T?)null
            : names.Contains(text) ? Enum.Parse<T>(text, ignoreCase: true)
            : Fault.Invalid(name, Said.OneOf(names));
    }

    private static Fault? Check(AdjustCreditsRequest body) =>
        body.Amount == Micro.Zero || body.Amount > Micro.FromCredits(CreditLimits.MostCredits) || body.Amount < Micro.FromCredits(-CreditLimits.MostCredits)
            ? new Fault(FaultCodes.FieldOutOfRange, "amount", -CreditLimits.MostCredits, CreditLimits.MostCredits) { Field = "amount" }
            : body.Reason.Length is 0 or > MostReason || body.Reason.Any(char.IsControl) || body.Reason.Trim() != body.Reason
                ? Fault.Invalid("reason", Said.Name(MostReason))
                : null;
}
