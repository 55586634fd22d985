using System.Text.Json;
using AIMake.Catalog;
using AIMake.Generations;
using AIMake.Platform.Database;
using AIMake.Platform.Http;
using AIMake.Providers;
using AIMake.Usage;

namespace AIMake.Speech;

/// <summary>A stream of speech that broke off is in the statistics with the characters it was charged for.</summary>
internal sealed class CutSpeech(IUsageBook usage, LiveCatalog catalog, TimeProvider time) : ICutWork
{
    public string Kind => SpeechWork.Kind;

    public Task RecordAsync(DbSession session, CutWork work, CancellationToken ct)
    {
        // Sentences used again cost nothing and are not told apart any more; what was paid for is.
        var price = work.Request.Deserialize<SpeechWork>(JsonFaults.Stored)!.Price;
        var characters = (long)((Int128)work.Credits.Value * price.Per / price.Credits.Value);
        var cost = PriceList.Cost(catalog.Current.Listed.FirstOrDefault(m => m.Id == work.Model)?.Costs, "character", characters);
        var now = time.GetUtcNow();
        return usage.RecordAsync(
            session,
            [
                new UsageEvent(
                    work.Id, work.UserId, now, Kind, work.Model, work.Provider, new ProviderUsage { Characters = characters }, work.Credits, cost, now - work.StartedAt)
                {
                    ApiKeyId = work.ApiKeyId, Cut = true,
                },
            ],
            ct);
    }
}
