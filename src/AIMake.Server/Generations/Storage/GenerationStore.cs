using System.Text.Json;
using AIMake.Credits;
using AIMake.Platform.Database;
using AIMake.Platform.Http;

namespace AIMake.Generations.Storage;

/// <summary>What a dead worker left running.</summary>
internal sealed class AbandonedRow
{
    public Guid UserId { get; init; }

    public Guid Id { get; init; }

    public int Epoch { get; init; }

    public int Attempt { get; init; }

    public bool Inline { get; init; }

    public bool CancelRequested { get; init; }

    public Micro Checkpoint { get; init; }
}

/// <summary>What was ordered, for ordering it again.</summary>
internal sealed class RequestRow
{
    public string Kind { get; init; } = "";

    public string Status { get; init; } = "";

    public JsonElement Request { get; init; }
}

/// <summary>Progress of one claim, waiting to be saved.</summary>
internal readonly record struct ProgressNote(Claim Claim, double Progress, string Stage, Micro Checkpoint);

/// <summary>Set-based writes and the reads of the module. Never opens a connection of its own.</summary>
internal static class GenerationStore
{
    public static Task InsertAsync(
        DbSession session, IReadOnlyList<GenerationOrder> orders, IReadOnlyList<bool> claimed, int worker, TimeSpan lease, CancellationToken ct)
    {
        var ranks = new Dictionary<Guid, int>();
        return session.ExecuteAsync(
            GenerationsSql.Insert,
            new
            {
                worker,
                lease,
                users = orders.Select(o => o.UserId).ToArray(),
                ids = orders.Select(o => o.Id).ToArray(),
                apiKeys = orders.Select(o => o.ApiKeyId).ToArray(),
                kinds = orders.Select(o => o.Kind).ToArray(),
                models = orders.Select(o => o.Model).ToArray(),
                providers = orders.Select(o => o.Provider).ToArray(),
                requests = orders.Select(o => o.Request.GetRawText()).ToArray(),
                quotes = orders.Select(o => JsonSerializer.Serialize(o.Quote, JsonFaults.Stored)).ToArray(),
                ceilings = orders.Select(o => o.Quote.Ceiling.Value).ToArray(),
                inlines = orders.Select(o => o.Inline).ToArray(),
                claimed = claimed.ToArray(),
                ranks = orders.Select(o => ranks[o.UserId] = ranks.GetValueOrDefault(o.UserId, -1) + 1).ToArray(),
            },
            ct);
    }

    public static Task<IReadOnlyList<ClaimedRow>> ClaimAsync(
        DbSession session, string[] kinds, int limit, int worker, TimeSpan lease, CancellationToken ct) =>
        session.QueryAsync<ClaimedRow>(GenerationsSql.Claim, new { kinds, limit, worker, lease }, ct);

    /// <returns>Claims still ours, each with whether its cancellation was asked for.</returns>
    public static async Task<Dictionary<Guid, bool>> RenewAsync(DbSession session, IReadOnlyList<Claim> claims, TimeSpan lease, CancellationToken ct)
    {
        var rows = await session.QueryAsync<(Guid Id, bool CancelRequested)>(
            GenerationsSql.Renew,
            new { lease, users = Users(claims), ids = Ids(claims), epochs = Epochs(claims) },
            ct);
        return rows.ToDictionary(r => r.Id, r => r.CancelRequested);
    }

    public static Task SaveProgressAsync(DbSession session, IReadOnlyList<ProgressNote> notes, CancellationToken ct)
    {
        var claims = notes.Select(n => n.Claim).ToList();
        return session.ExecuteAsync(
            GenerationsSql.SaveProgress,
            new
            {
                users = Users(claims),
                ids = Ids(claims),
                epochs = Epochs(claims),
                progresses = notes.Select(n => (float)n.Progress).ToArray(),
                stages = notes.Select(n => n.Stage).ToArray(),
                checkpoints = notes.Select(n => n.Checkpoint.Value).ToArray(),
            },
            ct);
    }

    /// <returns>The claims that were still held and have now ended, with the status they have now.</returns>
    public static async Task<Dictionary<Guid, string>> EndAsync(DbSession session, IReadOnlyList<Ending> endings, CancellationToken ct)
    {
        var claims = endings.Select(e => e.Claim).ToList();
        var ended = await session.QueryAsync<(Guid Id, string Status)>(
            GenerationsSql.End,
            new
            {
                users = Users(claims),
                ids = Ids(claims),
                epochs = Epochs(claims),
                statuses = endings.Select(e => e.Status).ToArray(),
                stages = endings.Select(e => e.Stage).ToArray(),
                credits = endings.Select(e => e.Credits.Value).ToArray(),
                receipts = endings.Select(e => e.Receipt).ToArray(),
                costs = endings.Select(e => e.ProviderCost).ToArray(),
                codes = endings.Select(e => e.ErrorCode).ToArray(),
                args = endings.Select(e => e.ErrorArgs).ToArray(),
                states = endings.Select(e => e.State).ToArray(),
                delays = endings.Select(e => e.Delay).ToArray(),
                counts = endings.Select(e => e.CountsAsAttempt).ToArray(),
                details = endings.Select(e => e.Detail).ToArray(),
                progresses = endings.Select(e => (float)e.Progress).ToArray(),
                providers = endings.Select(e => e.Provider).ToArray(),
            },
            ct);
        return ended.ToDictionary(e => e.Id, e => e.Status);
    }

    public static async Task<bool> HoldClaimAsync(DbSession session, Claim claim, CancellationToken ct) =>
        await session.FindAsync<int?>(GenerationsSql.HoldClaim, new { claim.UserId, claim.Id, claim.Epoch }, ct) is not null;

    public static Task<int> AddStepAsync(DbSession session, Claim claim, string step, JsonElement result, CancellationToken ct) =>
        session.ExecuteAsync(GenerationsSql.AddStep, new { claim.UserId, claim.Id, claim.Epoch, step, result }, ct);

    /// <returns><c>canceled</c> for what waited, <c>running</c> for what is marked now; null for what had ended, or is not the user's.</returns>
    public static Task<string?> CancelAsync(DbSession session, Guid userId, Guid id, CancellationToken ct) =>
        session.FindAsync<string>(GenerationsSql.Cancel, new { userId, id }, ct);

    public static Task<IReadOnlyList<AbandonedRow>> FindAbandonedAsync(DbSession session, TimeSpan missed, int lockClass, CancellationToken ct) =>
        session.QueryAsync<AbandonedRow>(GenerationsSql.FindAbandoned, new { missed, lockClass }, ct);

    public static Task<GenerationRow?> FindAsync(DbSession session, Guid userId, Guid id, CancellationToken ct) =>
        session.FindAsync<GenerationRow>(GenerationsSql.Find, new { userId, id }, ct);

    public static Task<IReadOnlyList<GenerationRow>> FindManyAsync(DbSession session, Guid userId, IReadOnlyList<Guid> ids, CancellationToken ct) =>
        session.QueryAsync<GenerationRow>(GenerationsSql.FindMany, new { userId, ids = ids.ToArray() }, ct);

    public static Task<IReadOnlyList<CutWork>> FindCutAsync(DbSession session, IReadOnlyList<Claim> claims, CancellationToken ct) =>
        session.QueryAsync<CutWork>(GenerationsSql.FindCut, new { userIds = claims.Select(c => c.UserId).Distinct().ToArray(), ids = claims.Select(c => c.Id).ToArray() }, ct);

    /// <returns>False when it was not waiting for its time.</returns>
    public static async Task<bool> WakeAsync(DbSession session, Guid userId, Guid id, CancellationToken ct) =>
        await session.ExecuteAsync(GenerationsSql.Wake, new { userId, id }, ct) == 1;

    public static Task<IReadOnlyList<EventRow>> EventsAsync(DbSession session, Guid userId, Guid id, long after, CancellationToken ct) =>
        session.QueryAsync<EventRow>(GenerationsSql.Events, new { userId, id, after }, ct);

    public static Task<IReadOnlyList<EventRow>> EventsOfUserAsync(DbSession session, Guid userId, long after, CancellationToken ct) =>
        session.QueryAsync<EventRow>(GenerationsSql.EventsOfUser, new { userId, after }, ct);

    public static async Task<ILookup<Guid, EventRow>> TimelinesAsync(DbSession session, Guid userId, Guid[] ids, CancellationToken ct) =>
        (await session.QueryAsync<EventRow>(GenerationsSql.Timelines, new { userId, ids }, ct)).ToLookup(e => e.GenerationId);

    public static Task NotifyAsync(DbSession session, IReadOnlyCollection<string> payloads, CancellationToken ct) =>
        session.ExecuteAsync(GenerationsSql.Notify, new { payloads = payloads.ToArray() }, ct);

    public static Task<RequestRow?> FindRequestAsync(DbSession session, Guid userId, Guid id, CancellationToken ct) =>
        session.FindAsync<RequestRow>(GenerationsSql.FindRequest, new { userId, id }, ct);

    public static Task<IReadOnlyList<GenerationRow>> ListAsync(
        DbSession session, Guid userId, string? kind, string? status, DateTimeOffset? beforeAt, Guid? beforeId, int limit, CancellationToken ct) =>
        session.QueryAsync<GenerationRow>(GenerationsSql.List, new { userId, kind, status, beforeAt, beforeId, limit }, ct);

    private static Guid[] Users(IReadOnlyList<Claim> claims) => [.. claims.Select(c => c.UserId)];

    private static Guid[] Ids(IReadOnlyList<Claim> claims) => [.. claims.Select(c => c.Id)];

    private static int[] Epochs(IReadOnlyList<Claim> claims) => [.. claims.Select(c => c.Epoch)];
}
