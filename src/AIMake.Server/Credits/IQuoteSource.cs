using System.Text.Json;
using AIMake.Platform.Faults;

namespace AIMake.Credits;

/// <summary>Prices work the ledger knows nothing of. Implemented by whoever knows the products.</summary>
internal interface IQuoteSource
{
    /// <param name="order">The product's own request.</param>
    /// <returns>The most it may cost; or the faults the request itself would meet.</returns>
    Task<Outcome<Micro>> CeilingAsync(Guid userId, string kind, JsonElement order, CancellationToken ct);
}
