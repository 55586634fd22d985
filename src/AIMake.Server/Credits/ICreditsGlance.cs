using AIMake.Platform.Database;

namespace AIMake.Credits;

/// <summary>A user's plan and credits in one look.</summary>
/// <param name="Plan"><c>free</c>, <c>pro</c>, <c>team</c>.</param>
/// <param name="Total">Granted and not expired, used ones included.</param>
/// <param name="ResetAt">When the plan's allowance is renewed; null for a plan without one.</param>
internal sealed record CreditsGlance(string Plan, Micro Total, Micro Used, Micro Held, Micro Remaining, DateTimeOffset? ResetAt);

/// <summary>Tells other modules how an account stands, without its books.</summary>
internal interface ICreditsGlance
{
    Task<CreditsGlance> ReadAsync(DbSession session, Guid userId, CancellationToken ct);
}
