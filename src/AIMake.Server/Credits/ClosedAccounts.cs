using AIMake.Accounts;
using AIMake.Platform.Database;

namespace AIMake.Credits;

/// <summary>
/// A deleted user's books stay, under an id that no longer names anybody, because sums must remain provable. The calendar
/// grants nothing more.
/// </summary>
internal sealed class ClosedAccounts : IUserDataOwner
{
    public Task DeleteAsync(DbSession session, Guid userId, CancellationToken ct) =>
        session.ExecuteAsync(CreditsSql.CloseAccount, new { user = userId }, ct);
}
