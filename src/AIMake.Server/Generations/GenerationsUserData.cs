using AIMake.Accounts;
using AIMake.Credits;
using AIMake.Generations.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Http;

namespace AIMake.Generations;

/// <summary>
/// Takes a leaving user's work away. What is still under way loses its row, so its worker can change nothing any more, and
/// what was set aside for it is free; nothing is charged.
/// </summary>
internal sealed class GenerationsUserData(ICreditLedger ledger) : IUserDataOwner
{
    public async Task DeleteAsync(DbSession session, Guid userId, CancellationToken ct)
    {
        var open = await session.QueryAsync<Guid>(GenerationsSql.DeleteOfUser, new { userId }, ct);
        if (open.Count > 0)
        {
            await ledger.VoidAsync(session, open, ct);
        }

        await IdempotencyKeys.ForgetUserAsync(session, userId, ct);
    }
}
