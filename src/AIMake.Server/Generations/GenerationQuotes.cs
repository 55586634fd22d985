using System.Text.Json;
using AIMake.Credits;
using AIMake.Platform.Faults;

namespace AIMake.Generations;

/// <summary>Lets the ledger ask what a request may cost. Products are looked up at the first question, not while composing.</summary>
internal sealed class GenerationQuotes(IServiceProvider services) : IQuoteSource
{
    public async Task<Outcome<Micro>> CeilingAsync(Guid userId, string kind, JsonElement order, CancellationToken ct) =>
        (await services.GetRequiredService<GenerationService>().QuoteAsync(userId, kind, order, ct)).Select(q => q.Ceiling);
}
