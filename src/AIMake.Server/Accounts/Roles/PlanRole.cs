using AIMake.Accounts.Storage;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;

namespace AIMake.Accounts.Roles;

/// <summary>Lets the rank follow the plan: premium while it is paid for, user otherwise. An admin stays one.</summary>
internal sealed class PlanRole(CallerStates states, IAuditLog audit, TimeProvider clock)
{
    /// <summary>In the transaction that changes the plan.</summary>
    public async Task FollowAsync(DbSession session, Guid userId, string plan, CancellationToken ct)
    {
        var role = plan == "free" ? Role.User : Role.Premium;
        if (await UserAdminStore.FollowPlanAsync(session, userId, RoleNames.Write(role), clock.GetUtcNow(), ct))
        {
            await audit.WriteAsync(session, AuditEntry.Of(AuditActions.RoleChanged, "user", userId.ToString(), ("to", RoleNames.Write(role)), ("plan", plan)), ct);
            states.ForgetUser(userId);
        }
    }
}

/// <summary>Ranks as stored.</summary>
internal static class RoleNames
{
    public static string Write(Role role) => role switch
    {
        Role.Admin => "admin",
        Role.Premium => "premium",
        _ => "user",
    };
}
