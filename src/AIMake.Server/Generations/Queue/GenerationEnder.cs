using System.Text.Json;
using AIMake.Credits;
using AIMake.Generations.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Generations.Queue;

/// <summary>One end to record: the row's, the money's, and the product's own rows.</summary>
/// <param name="Money">Charge to settle; null with a terminal status voids the hold; ignored when it is queued again.</param>
internal sealed record EndRequest(Ending Ending, Settlement? Money, Func<DbSession, CancellationToken, Task>? Record);

/// <summary>
/// Ends claims: status, receipt, money, product rows and events in one transaction, for as many as finish together.
/// Exactly once, because the row is only changed under its epoch and everything else follows from having changed it.
/// </summary>
internal sealed class GenerationEnder : IAsyncDisposable
{
    private readonly Database _database;
    private readonly ICreditLedger _ledger;
    private readonly GenerationSignals _signals;
    private readonly IReadOnlyDictionary<string, ICutWork> _cuts;
    private readonly GroupCommit<EndRequest, bool> _group;

    public GenerationEnder(Database database, ICreditLedger ledger, GenerationSignals signals, IEnumerable<ICutWork> cuts, GenerationsOptions options)
    {
        _database = database;
        _ledger = ledger;
        _signals = signals;
        _cuts = cuts.ToDictionary(c => c.Kind, StringComparer.Ordinal);
        _group = new(options.GroupSize, EndGroupAsync);
    }

    /// <summary>True when this call ended it; false when the claim was lost.</summary>
    public async Task<bool> EndAsync(EndRequest request)
    {
        var ended = await _group.AddAsync(request);
        if (ended)
        {
            _signals.Raise(new GenerationSignal(request.Ending.Claim.UserId, request.Ending.Claim.Id, null, request.Ending.Stage));
        }

        return ended;
    }

    /// <summary>The group's work inside a transaction; also used by the reaper, which has locked its rows already.</summary>
    /// <returns>Those that ended, with the status they have now: canceled where that was asked for, although they were to run again.</returns>
    public async Task<Dictionary<Guid, string>> RecordAsync(DbSession session, IReadOnlyList<EndRequest> requests, CancellationToken ct)
    {
        var ended = await GenerationStore.EndAsync(session, [.. requests.Select(r => r.Ending)], ct);
        var won = requests.Where(r => ended.ContainsKey(r.Ending.Claim.Id)).ToList();
        foreach (var request in won)
        {
            if (request.Record is { } record)
            {
                await record(session, ct);
            }
        }

        var terminal = won.Where(r => ended[r.Ending.Claim.Id] != "queued").ToList();
        var settled = terminal.Select(r => r.Money).OfType<Settlement>().ToList();
        if (settled.Count > 0)
        {
            await _ledger.SettleAsync(session, settled, ct);
        }

        Claim[] cut = [.. terminal.Where(r => r.Money is not null && ended[r.Ending.Claim.Id] == "failed").Select(r => r.Ending.Claim)];
        foreach (var work in cut.Length > 0 ? await GenerationStore.FindCutAsync(session, cut, ct) : [])
        {
            await (_cuts.GetValueOrDefault(work.Kind)?.RecordAsync(session, work, ct) ?? Task.CompletedTask);
        }

        var voided = terminal.Where(r => r.Money is null).Select(r => r.Ending.Claim.Id).ToList();
        if (voided.Count > 0)
        {
            await _ledger.VoidAsync(session, voided, ct);
        }

        var payloads = won.Select(r => GenerationSignals.TransitionPayload(r.Ending.Claim.UserId, r.Ending.Claim.Id)).ToHashSet();
        if (won.Count > terminal.Count)
        {
            payloads.Add(GenerationSignals.QueuePayload);
        }

        if (payloads.Count > 0)
        {
            await GenerationStore.NotifyAsync(session, payloads, ct);
        }

        return ended;
    }

    public ValueTask DisposeAsync() => _group.DisposeAsync();

    public static EndRequest Succeeded(Claim claim, RunResult.Succeeded result, int retries)
    {
        var receipt = new StoredReceipt(result.Lines, retries, result.ProviderCostMicroUsd);
        return new EndRequest(
            new Ending(claim, "succeeded", "succeeded", result.Charge, JsonSerializer.Serialize(receipt, JsonFaults.Stored), result.ProviderCostMicroUsd,
                null, null, null, TimeSpan.Zero, true, null) { Provider = result.Provider },
            new Settlement(claim.Id, result.Charge, "generation"),
            result.Record);
    }

    public static EndRequest Failed(Claim claim, Fault fault, Micro charge = default, Func<DbSession, CancellationToken, Task>? record = null) => new(
        new Ending(claim, "failed", "failed", charge, null, null, fault.Code.Code, Args(fault), null, TimeSpan.Zero, true, fault.Code.Code),
        charge > Micro.Zero ? new Settlement(claim.Id, charge, "generation") : null,
        record);

    public static EndRequest Canceled(Claim claim) => new(
        new Ending(claim, "canceled", "canceled", Micro.Zero, null, null, null, null, null, TimeSpan.Zero, true, null), null, null);

    /// <param name="counts">Whether the run that ends here used up an attempt.</param>
    /// <param name="progress">How far it had come, 0 to 1.</param>
    public static EndRequest Again(Claim claim, TimeSpan delay, bool counts, string stage, string? detail = null, JsonElement? state = null, double progress = 0) => new(
        new Ending(claim, "queued", stage, Micro.Zero, null, null, null, null, state?.GetRawText(), delay, counts, detail) { Progress = progress }, null, null);

    private async Task<IReadOnlyList<bool>> EndGroupAsync(IReadOnlyList<EndRequest> requests)
    {
        var ended = await _database.TransactAsync(
            DbPurpose.Jobs,
            async session =>
            {
                var won = await RecordAsync(session, requests, CancellationToken.None);
                Failpoint.Hit("end.recorded");
                return won;
            },
            CancellationToken.None);
        Failpoint.Hit("end.committed");
        return [.. requests.Select(r => ended.ContainsKey(r.Ending.Claim.Id))];
    }

    private static string Args(Fault fault) => JsonSerializer.Serialize(fault.Args.Select(a => Convert.ToString(a, System.Globalization.CultureInfo.InvariantCulture)));
}

/// <summary>The receipt as kept with the generation.</summary>
internal sealed record StoredReceipt(IReadOnlyList<PriceLine> Lines, int Retries, long? ProviderCostMicroUsd);
