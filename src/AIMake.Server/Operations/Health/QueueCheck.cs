using System.Diagnostics.Metrics;
using AIMake.Generations.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Telemetry;

namespace AIMake.Operations.Health;

/// <summary>The queue of paid work answers. The depth last seen is also a gauge.</summary>
internal sealed class QueueCheck : IReadinessCheck
{
    private readonly Database _database;
    private long _depth;

    public QueueCheck(Database database)
    {
        _database = database;
        ProductMeter.Instance.CreateObservableGauge("aimake.queue.depth", () => new Measurement<long>(Volatile.Read(ref _depth)), description: "Generations waiting for a worker, as of the last readiness check.");
    }

    public string Name => "queue";

    public async Task<bool> CheckAsync(CancellationToken ct)
    {
        Volatile.Write(ref _depth, await _database.ReadAsync(DbPurpose.Admin, session => session.SingleAsync<long>(GenerationsSql.Depth, null, ct), ct));
        return true;
    }
}
