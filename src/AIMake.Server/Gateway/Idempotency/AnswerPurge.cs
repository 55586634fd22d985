using AIMake.Accounts;
using AIMake.Platform.Database;
using AIMake.Platform.Scheduling;

namespace AIMake.Gateway.Idempotency;

/// <summary>Every hour: answers kept for their keys that are older than a day. The keys themselves are known for longer.</summary>
internal sealed class AnswerPurge(Database database, TimeProvider time) : IRecurringJob
{
    public static readonly TimeSpan Keep = TimeSpan.FromHours(24);

    public string Name => "gateway-answers-purge";

    public Recurrence When => Recurrence.Cron("0 20 * * * ?");

    public async Task RunOnceAsync(CancellationToken ct)
    {
        while (await database.TransactAsync(DbPurpose.Jobs, session => AnswerStore.ForgetAsync(session, time.GetUtcNow() - Keep, ct), ct) > 0)
        {
        }
    }
}

/// <summary>What a leaving user was answered goes along.</summary>
internal sealed class GatewayUserData : IUserDataOwner
{
    public Task DeleteAsync(DbSession session, Guid userId, CancellationToken ct) => AnswerStore.ForgetUserAsync(session, userId, ct);
}
