using System.Text.Json;
using AIMake.Credits;
using AIMake.Generations.Storage;
using AIMake.Platform.Database;

namespace AIMake.Generations.Queue;

/// <summary>Why a run's token was cancelled.</summary>
internal enum StopReason
{
    None,
    Canceled,
    LeaseLost,
    Deadline,
    Draining,
}

/// <summary>A claim being worked on in this process.</summary>
internal sealed class ActiveRun : GenerationRun, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Database _database;
    private readonly Action<ActiveRun> _reported;
    private readonly Lock _gate = new();
    private (double Progress, string Stage, Micro Checkpoint) _note = (0, "running", Micro.Zero);

    public ActiveRun(Database database, Action<ActiveRun> reported)
    {
        _database = database;
        _reported = reported;
    }

    public Claim Claim => new(UserId, Id, Epoch);

    /// <summary>Ends when the run must stop; <see cref="Reason"/> says why.</summary>
    public CancellationToken Token => _stop.Token;

    public StopReason Reason { get; private set; }

    public ProgressNote Note
    {
        get
        {
            lock (_gate)
            {
                return new ProgressNote(Claim, _note.Progress, _note.Stage, _note.Checkpoint);
            }
        }
    }

    public static ActiveRun From(ClaimedRow row, Database database, Action<ActiveRun> reported) => new(database, reported)
    {
        Id = row.Id,
        UserId = row.UserId,
        ApiKeyId = row.ApiKeyId,
        Kind = row.Kind,
        Request = row.Request,
        State = row.State is { } state ? JsonSerializer.Deserialize<JsonElement>(state) : default,
        Ceiling = row.Ceiling,
        Epoch = row.Epoch,
        Attempt = row.Attempt,
        Steps = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(row.Steps)!,
    };

    /// <summary>A generation born claimed by this process.</summary>
    public static ActiveRun From(GenerationOrder order, Database database, Action<ActiveRun> reported) => new(database, reported)
    {
        Id = order.Id,
        UserId = order.UserId,
        ApiKeyId = order.ApiKeyId,
        Kind = order.Kind,
        Request = order.Request,
        Ceiling = order.Quote.Ceiling,
        Epoch = 1,
        Attempt = 1,
        Steps = new Dictionary<string, JsonElement>(),
    };

    /// <summary>The first reason stands; what has ended meanwhile is left as it ended.</summary>
    public void Stop(StopReason reason)
    {
        lock (_gate)
        {
            if (Reason != StopReason.None)
            {
                return;
            }

            Reason = reason;
        }

        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended between being looked up and being stopped.
        }
    }

    public override void Report(double progress, string stage)
    {
        lock (_gate)
        {
            _note = (Math.Clamp(Math.Max(progress, _note.Progress), 0, 1), stage, _note.Checkpoint);
        }

        _reported(this);
    }

    public override void Checkpoint(Micro delivered)
    {
        lock (_gate)
        {
            _note.Checkpoint = Micro.Min(Micro.Max(delivered, _note.Checkpoint), Ceiling);
        }

        _reported(this);
    }

    public override Task<bool> CompleteStepAsync(
        string step, JsonElement result, Func<DbSession, CancellationToken, Task>? record, CancellationToken ct) =>
        _database.TransactAsync(
            DbPurpose.Jobs,
            async session =>
            {
                if (!await GenerationStore.HoldClaimAsync(session, Claim, ct))
                {
                    return false;
                }

                if (await GenerationStore.AddStepAsync(session, Claim, step, result, ct) == 1 && record is not null)
                {
                    await record(session, ct);
                }

                return true;
            },
            ct);

    public void Dispose() => _stop.Dispose();
}
