using System.Text.Json;
using AIMake.Platform.Faults;

namespace AIMake.Generations;

/// <summary>What a product offers to the routes that speak of any kind of work.</summary>
internal interface IGenerationProduct
{
    /// <summary>As in the route's <c>kind</c>, e.g. <c>speech</c>.</summary>
    string Kind { get; }

    /// <summary>Prices the product's own request body.</summary>
    Task<Outcome<Quote>> QuoteAsync(Guid userId, JsonElement body, CancellationToken ct);

    /// <summary>Orders stored work anew: fresh id, today's price, the same request.</summary>
    Task<Outcome<GenerationOrder>> ReorderAsync(Guid userId, JsonElement storedRequest, CancellationToken ct);
}
