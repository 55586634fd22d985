using AIMake.Accounts.Roles;
using AIMake.Platform.Database;

namespace AIMake.Payments.Subscriptions;

/// <summary>Premium is who is on a plan that is paid for.</summary>
internal sealed class RankFollowsPlan(PlanRole role) : IPlanFollower
{
    public Task PlanChangedAsync(DbSession session, Guid userId, string plan, bool paid, CancellationToken ct) => role.FollowAsync(session, userId, plan, ct);
}
