using AIMake.Accounts;
using AIMake.Platform.Database;

namespace AIMake.Usage;

/// <summary>What a leaving user used still counts in the operator's books, but no longer says by whom.</summary>
internal sealed class UsageUserData : IUserDataOwner
{
    public async Task DeleteAsync(DbSession session, Guid userId, CancellationToken ct)
    {
        await session.ExecuteAsync(UsageSql.ForgetNotes, new { userId }, ct);
        await session.ExecuteAsync(UsageSql.ForgetUser, new { userId }, ct);
    }
}
