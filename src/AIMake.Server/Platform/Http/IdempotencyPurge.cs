using AIMake.Platform.Database;
using AIMake.Platform.Scheduling;

namespace AIMake.Platform.Http;

/// <summary>Once a day: idempotency keys older than three days. They are promised for one.</summary>
internal sealed class IdempotencyPurge(Database.Database database, TimeProvider time) : IRecurringJob
{
    public static readonly TimeSpan Keep = TimeSpan.FromHours(72);

    public string Name => "platform-idempotency-purge";

    public Recurrence When => Recurrence.Cron("0 10 4 * * ?");

    public Task RunOnceAsync(CancellationToken ct) =>
        database.TransactAsync(DbPurpose.Jobs, session => IdempotencyKeys.ForgetAsync(session, time.GetUtcNow() - Keep, ct), ct);
}
