using AIMake.Platform.Database;
using AIMake.Platform.Storage;
using AIMake.Speech.Storage;

namespace AIMake.Speech;

/// <summary>Removes spoken segments that no audio uses and nobody asked for again in a long time. Rows first, then files.</summary>
internal sealed class PackPurge(Database database, IFileStore files, SpeechOptions options, ILogger<PackPurge> log)
{
    private const int Batch = 100;

    public async Task<int> RunOnceAsync(CancellationToken ct)
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
                return total;
            }
        }
    }
}
