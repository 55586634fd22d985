using System.Text.Json;
using AIMake.Accounts;
using AIMake.Credits;
using AIMake.Platform.Database;
using AIMake.Platform.Http;

namespace AIMake.Generations;

/// <summary>One line of a quote or a receipt.</summary>
/// <param name="What">What is charged, e.g. <c>speech</c>; a key the web translates.</param>
/// <param name="Units">How many units, e.g. characters.</param>
/// <param name="Unit">Unit the price is per: <c>character</c>, <c>second</c>, <c>image</c>, <c>token</c>.</param>
/// <param name="Price">Credits per unit (for speech: per 1,000 characters, said by <paramref name="Unit"/> <c>1000 characters</c>).</param>
/// <param name="PriceSource">Where the price comes from: catalog entry and date.</param>
/// <param name="Credits">What this line costs.</param>
/// <param name="Cached">True when an earlier result is used again and the line therefore costs nothing.</param>
/// <param name="OwnKey">True when it was made with the user's own provider key and therefore costs nothing here.</param>
public sealed record PriceLine(string What, long Units, string Unit, Micro Price, string PriceSource, Micro Credits, bool Cached, bool OwnKey = false);

/// <summary>Price of a piece of work before it starts: the lines, and the most that will be charged.</summary>
public sealed record Quote(Micro Credits, Micro Ceiling, IReadOnlyList<PriceLine> Lines);

/// <summary>A piece of paid work to start.</summary>
/// <param name="Id">UUIDv7 made before the first side effect; also the ledger's operation id.</param>
/// <param name="Kind"><c>speech</c>, later <c>image</c>…: picks the handler.</param>
/// <param name="Request">The product's own order, as the handler will read it again, possibly on another node after a crash.</param>
internal sealed record GenerationOrder(
    Guid Id, Guid UserId, string Kind, string Model, string Provider, JsonElement Request, Quote Quote)
{
    /// <summary>The caller runs it itself while the client waits (streams): the row is born <c>running</c> under its lease.</summary>
    public bool Inline { get; init; }

    /// <summary>The budget its hold has to keep: that of the API key it was ordered with.</summary>
    public Budget? Budget { get; init; }

    /// <summary>The API key it was ordered with; null for a signed-in user.</summary>
    public Guid? ApiKeyId { get; init; }

    /// <summary>Writes the product's own rows in the transaction that starts it. May run more than once if the transaction is retried.</summary>
    public Func<DbSession, CancellationToken, Task>? Record { get; init; }

    /// <summary>Claimed in the same transaction when the request carries one.</summary>
    public IdempotencyClaim? Idempotency { get; init; }

    /// <summary>The same work, kept within the caller's budget and counted under the caller's API key.</summary>
    public GenerationOrder By(CurrentCaller caller, DateTimeOffset now) => this with { Budget = caller.BudgetAt(now), ApiKeyId = caller.ApiKey?.Id };
}
