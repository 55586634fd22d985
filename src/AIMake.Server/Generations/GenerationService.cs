using System.Collections.Concurrent;
using System.Text.Json;
using AIMake.Accounts;
using AIMake.Accounts.ApiKeys;
using AIMake.Credits;
using AIMake.Generations.Queue;
using AIMake.Generations.Start;
using AIMake.Generations.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Generations;

/// <summary>Finds what a generation made; implemented by the library, so that the arrow points one way.</summary>
internal interface IGenerationAssets
{
    Task<ILookup<Guid, GenerationAsset>> OfGenerationsAsync(Guid userId, Guid[] generationIds, CancellationToken ct);
}

/// <inheritdoc cref="IGenerations"/>
internal sealed class GenerationService(
    Database database, GenerationStarter starter, GenerationRunner runner, GenerationSignals signals, ICreditLedger ledger,
    IEnumerable<IGenerationAssets> assets, IEnumerable<IGenerationProduct> products, TimeProvider clock) : IGenerations
{
    private readonly Dictionary<string, IGenerationProduct> _products = products.ToDictionary(p => p.Kind, StringComparer.Ordinal);

    /// <summary>Orders started inline and not yet run: the runner needs the order, the endpoint has only the id.</summary>
    private readonly ConcurrentDictionary<Guid, GenerationOrder> _inline = new();

    public async Task<Outcome<Started>> StartAsync(GenerationOrder order, CancellationToken ct)
    {
        var started = await starter.StartAsync(order);
        if (order.Inline && started.Ok && !started.Value.Replayed)
        {
            _inline[order.Id] = order;
        }

        return started;
    }

    public async Task<GenerationView?> WaitAsync(Guid userId, Guid id, TimeSpan most, CancellationToken ct, string language = "en")
    {
        var changed = new SemaphoreSlim(0, 1);
        using var watching = signals.Watch(userId, signal =>
        {
            if (signal.Progress is null && (signal.Id == id || signal.Id == Guid.Empty) && changed.CurrentCount == 0)
            {
                changed.Release();
            }
        });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(most);
        while (true)
        {
            var row = await database.ReadAsync(DbPurpose.Hot, s => GenerationStore.FindAsync(s, userId, id, ct), ct);
            if (row is null || row.HasEnded)
            {
                return row is null ? null : await ViewAsync(row, language, ct);
            }

            try
            {
                await changed.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return await FindAsync(userId, id, ct, language);
            }
        }
    }

    public async Task<GenerationView?> FindAsync(Guid userId, Guid id, CancellationToken ct, string language = "en")
    {
        var row = await database.ReadAsync(DbPurpose.Hot, s => GenerationStore.FindAsync(s, userId, id, ct), ct);
        return row is null ? null : await ViewAsync(row, language, ct);
    }

    public async Task<GenerationView> RunInlineAsync(Guid id, Func<GenerationRun, CancellationToken, Task<RunResult>> work, CancellationToken ct)
    {
        if (!_inline.TryRemove(id, out var order))
        {
            throw new InvalidOperationException("Only an inline generation that this process has just started can be run inline.");
        }

        await runner.RunInlineAsync(order, work);
        return (await FindAsync(order.UserId, id, CancellationToken.None))!;
    }

    public async Task<IReadOnlyList<GenerationView>> FindManyAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken ct, string language = "en")
    {
        var rows = await database.ReadAsync(DbPurpose.Hot, s => GenerationStore.FindManyAsync(s, userId, ids, ct), ct);
        return await ViewsAsync(userId, rows, language, ct);
    }

    public Task<bool> WakeAsync(Guid userId, Guid id, CancellationToken ct) => database.TransactAsync(
        DbPurpose.Hot,
        async session =>
        {
            var woken = await GenerationStore.WakeAsync(session, userId, id, ct);
            if (woken)
            {
                await GenerationStore.NotifyAsync(session, [GenerationSignals.QueuePayload], ct);
            }

            return woken;
        },
        ct);

    public async Task<Outcome<GenerationView>> CancelAsync(CurrentCaller caller, Guid id, string language, CancellationToken ct)
    {
        var userId = caller.UserId;
        if (caller.ApiKey is not null && await database.ReadAsync(DbPurpose.Hot, s => GenerationStore.FindAsync(s, userId, id, ct), ct) is { } row && !caller.MayMake(row.Kind))
        {
            return ApiKeyScopes.Denied(ApiKeyScopes.OfKind(row.Kind));
        }

        var verdict = await database.TryTransactAsync<bool>(
            DbPurpose.Hot,
            async session =>
            {
                switch (await GenerationStore.CancelAsync(session, userId, id, ct))
                {
                    case "canceled":
                        await ledger.VoidAsync(session, [id], ct);
                        await GenerationStore.NotifyAsync(session, [GenerationSignals.TransitionPayload(userId, id)], ct);
                        return true;
                    case "running":
                        await GenerationStore.NotifyAsync(session, [GenerationSignals.CancelPayload(id)], ct);
                        return true;
                    default:
                        return await GenerationStore.FindAsync(session, userId, id, ct) is null
                            ? new Fault(FaultCodes.NotFound)
                            : new Fault(FaultCodes.GenerationNotCancelable);
                }
            },
            ct);
        if (verdict.Fault is { } fault)
        {
            return fault;
        }

        runner.Cancel(id);
        return (await WaitAsync(userId, id, TimeSpan.FromSeconds(3), ct, language))!;
    }

    /// <summary>Orders the same work anew, at today's price, under a new id: a failed operation stays failed.</summary>
    public async Task<Outcome<GenerationView>> RetryAsync(CurrentCaller caller, Guid id, IdempotencyClaim? key, string language, CancellationToken ct)
    {
        var userId = caller.UserId;
        var old = await database.ReadAsync(DbPurpose.Hot, s => GenerationStore.FindRequestAsync(s, userId, id, ct), ct);
        if (old is null)
        {
            return new Fault(FaultCodes.NotFound);
        }

        if (!caller.MayMake(old.Kind))
        {
            return ApiKeyScopes.Denied(ApiKeyScopes.OfKind(old.Kind));
        }

        if (old.Status is not ("failed" or "canceled") || !old.Request.EnumerateObject().Any() || !_products.TryGetValue(old.Kind, out var product))
        {
            return new Fault(FaultCodes.GenerationNotRetryable);
        }

        var order = await product.ReorderAsync(userId, old.Request, ct);
        if (order.Fault is { } fault)
        {
            return fault;
        }

        if (!caller.MayUse(order.Value.Model))
        {
            return CurrentCaller.ModelNotAllowed(order.Value.Model);
        }

        var started = await StartAsync(order.Value.By(caller, clock.GetUtcNow()) with { Idempotency = key }, ct);
        return started.Fault is { } refused ? refused : (await FindAsync(userId, started.Value.Id, ct, language))!;
    }

    public async Task<Page<GenerationView>> ListAsync(
        Guid userId, string? kind, string? status, PageRequest<CreatedCursor> page, string language, CancellationToken ct)
    {
        var rows = await database.ReadAsync(
            DbPurpose.Hot, s => GenerationStore.ListAsync(s, userId, kind, status, page.After?.At, page.After?.Id, page.Take, ct), ct);
        var views = await ViewsAsync(userId, rows, language, ct);
        return page.ToPage(views, v => new CreatedCursor(v.CreatedAt, v.Id), v => v);
    }

    public async Task<Outcome<Receipt>> ReceiptAsync(Guid userId, Guid id, bool withCost, CancellationToken ct)
    {
        var row = await database.ReadAsync(DbPurpose.Hot, s => GenerationStore.FindAsync(s, userId, id, ct), ct);
        if (row is null)
        {
            return new Fault(FaultCodes.NotFound);
        }

        var stored = row.Receipt is { } json
            ? JsonSerializer.Deserialize<StoredReceipt>(json, JsonFaults.Stored)!
            : new StoredReceipt(row.Credits > Micro.Zero ? [Delivered(row)] : [], Math.Max(0, row.Attempt - 1), row.ProviderCost);
        return new Receipt(
            row.Id, row.Provider, row.Model, stored.Lines, row.Credits, row.Ceiling, stored.Retries,
            withCost && stored.ProviderCostMicroUsd is { } cost ? cost / 1_000_000m : null);
    }

    public async Task<Outcome<Quote>> QuoteAsync(Guid userId, string kind, JsonElement body, CancellationToken ct) =>
        _products.TryGetValue(kind, out var product)
            ? await product.QuoteAsync(userId, body, ct)
            : Fault.Invalid("kind", Said.OneOf(_products.Keys.Order(StringComparer.Ordinal)));

    private async Task<GenerationView> ViewAsync(GenerationRow row, string language, CancellationToken ct) =>
        (await ViewsAsync(row.UserId, [row], language, ct))[0];

    private async Task<IReadOnlyList<GenerationView>> ViewsAsync(Guid userId, IReadOnlyList<GenerationRow> rows, string language, CancellationToken ct)
    {
        var ids = rows.Select(r => r.Id).ToArray();
        var timelines = await database.ReadAsync(DbPurpose.Hot, s => GenerationStore.TimelinesAsync(s, userId, ids, ct), ct);
        var made = new List<ILookup<Guid, GenerationAsset>>();
        foreach (var source in assets)
        {
            made.Add(await source.OfGenerationsAsync(userId, ids, ct));
        }

        return [.. rows.Select(r => GenerationViews.From(r, timelines[r.Id], [.. made.SelectMany(m => m[r.Id])], language))];
    }

    /// <summary>Inline work whose server died: what had reached the client was charged.</summary>
    private static PriceLine Delivered(GenerationRow row) => new("delivered", 1, "checkpoint", row.Credits, "checkpoint", row.Credits, false);
}

/// <summary>Where a page of things ordered by birth ends.</summary>
internal sealed record CreatedCursor(DateTimeOffset At, Guid Id);
