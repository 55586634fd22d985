using AIMake.Platform.Database;
using AIMake.Platform.Scheduling;
using AIMake.Platform.Storage;
using AIMake.Speech.Storage;

namespace AIMake.Speech;

/// <summary>Removes spoken segments that no audio uses and nobody asked for again in a long time. Rows first, then files.</summary>
internal sealed class PackPurge(Database database, IFileStore files, SpeechOptions options, ILogger<PackPurge> log) : IRecurringJob
{
    private const int Batch = 100;

    public string Name => "speech-pack-purge";

    public Recurrence When => Recurrence.Cron("0 37 3 * * ?");

    public async Task RunOnceAsync(CancellationToken ct)
    {
        for (var total = 0; ;)
        {
            var keys = await database.TransactAsync(DbPurpose.Jobs, s => SpeechStore.PurgePacksAsync(s, options.KeepUnusedFor, Batch, ct), ct);
            foreach (var key in keys)
            {
                await files.DeleteAsync(key, ct);
            }

            total += keys.Count;
            if (keys.Count < Batch)
            {
                SpeechLog.PacksPurged(log, total);
                return;
            }
        }
    }
}
