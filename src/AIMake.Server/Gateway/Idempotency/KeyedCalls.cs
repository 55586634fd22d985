using System.Collections.Concurrent;
using AIMake.Accounts;
using AIMake.Credits;
using AIMake.Gateway.Calls;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Gateway.Idempotency;

/// <summary>
/// Calls under <c>/v1</c> with an <c>Idempotency-Key</c>: made once, answered as often as they are asked. The key is claimed before
/// anything else; the whole answer is written down before it is charged, so that who was charged can always be answered; a call that
/// came to nothing gives its key back. A server that dies before it has delivered anything leaves a lease behind, and the next
/// with the same key makes the call anew: the dead one was not charged.
/// </summary>
internal sealed class KeyedCalls(Database database, GatewayOptions options, TimeProvider time, ILogger<KeyedCalls> log) : BackgroundService
{
    /// <summary>On answers that were made earlier.</summary>
    public const string ReplayedHeader = "X-AIMake-Replayed";

    private readonly ConcurrentDictionary<KeyedCall, byte> _running = new();

    /// <summary>Makes the call, or answers as it was answered before.</summary>
    /// <param name="make">Makes the call and answers it, be it with a refusal.</param>
    public async Task RunAsync(HttpContext context, CurrentCaller caller, KeyedCall call, Func<Task> make)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow());
        if (!(await database.TransactAsync(DbPurpose.Hot, session => ClaimAsync(session, caller.UserId, call.Claim, id), context.RequestAborted)).TryGet(out var row, out var fault))
        {
            await FaultWriter.WriteAsync(context, fault);
            return;
        }

        if (row.State is "kept")
        {
            await ReplayAsync(context, row);
            return;
        }

        (call.UserId, call.Id, call.Epoch) = (caller.UserId, row.Id, row.Epoch);
        _running[call] = 0;
        try
        {
            await make();
        }
        finally
        {
            _running.TryRemove(call, out _);
            await EndAsync(call);
        }
    }

    /// <summary>Before the first byte of an answer goes out that is paid for at its end.</summary>
    /// <exception cref="FaultException">Somebody else makes this call by now.</exception>
    public async Task BeginAsync(KeyedCall call)
    {
        if (!await database.ReadAsync(DbPurpose.Hot, session => AnswerStore.SpendAsync(session, call, CancellationToken.None), CancellationToken.None))
        {
            throw Lost();
        }

        call.Begun = true;
    }

    /// <summary>Before a call is charged: keeps its answer where there is one that is not too long.</summary>
    /// <param name="answer">The whole answer; null for one that is not kept.</param>
    /// <exception cref="FaultException">Somebody else makes this call by now, so it must not be charged.</exception>
    public async Task KeepAsync(KeyedCall call, Micro charged, string provider, WholeBody? answer)
    {
        try
        {
            if (answer is { } whole && whole.Bytes.Length <= options.KeptAnswerBytes)
            {
                await WriteAsync(session => AnswerStore.KeepAsync(session, call, whole.ContentType, provider, charged.Value, whole.Bytes, CancellationToken.None));
            }
            else if (!call.Begun)
            {
                await WriteAsync(session => AnswerStore.EndAsync(session, call, CancellationToken.None));
            }
        }
        catch (Exception e) when (call.Begun)
        {
            GatewayLog.AnswerNotKept(log, e, call.Id); // it has been delivered, and is charged
        }

        call.Paid = true;
        Failpoint.Hit("gateway.kept");
    }

    public AnswerSpool Spool() => new(options.KeptAnswerBytes);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CheckpointEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (_running.Keys is { Count: > 0 } calls)
                {
                    await database.ReadAsync(DbPurpose.Jobs, session => AnswerStore.RenewAsync(session, [.. calls], options.Lease, stoppingToken), stoppingToken);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                GatewayLog.RoundFailed(log, e); // the database is away; the next round tries again
            }
        }
    }

    /// <param name="id">Of the row, should the key be new.</param>
    /// <returns>The row: kept, to be replayed, or the caller's to make.</returns>
    private async Task<Outcome<AnswerRow>> ClaimAsync(DbSession session, Guid userId, IdempotencyClaim claim, Guid id)
    {
        var ct = CancellationToken.None;
        var claimed = (await IdempotencyKeys.ClaimAsync(session, [(userId, claim.Key, claim.RequestHash, id)], ct))[0];
        if (claimed.GenerationId == id)
        {
            await AnswerStore.AddAsync(session, userId, id, options.Lease, ct);
            return new AnswerRow { Id = id, Epoch = 1 };
        }

        if (!claimed.RequestHash.AsSpan().SequenceEqual(claim.RequestHash))
        {
            return new Fault(FaultCodes.IdempotencyKeyReused);
        }

        var row = await AnswerStore.FindAsync(session, userId, claimed.GenerationId, ct);
        if (row is null or { State: "spent", Leased: false })
        {
            return new Fault(FaultCodes.IdempotencyAnswerGone);
        }

        if (row.State is "kept")
        {
            return row;
        }

        return !row.Leased && await AnswerStore.TakeOverAsync(session, userId, row, options.Lease, ct)
            ? new AnswerRow { Id = row.Id, Epoch = row.Epoch + 1 }
            : new Fault(FaultCodes.IdempotencyInProgress) { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    private static Task ReplayAsync(HttpContext context, AnswerRow earlier)
    {
        context.Response.Headers[ReplayedHeader] = "true";
        context.Response.Headers[CallHeaders.Provider] = earlier.Provider;
        return PaidAnswer.SendAsync(context, new Micro(earlier.Credits!.Value), earlier.ContentType!, earlier.Body!);
    }

    private async Task WriteAsync(Func<DbSession, Task<bool>> write)
    {
        if (!await database.ReadAsync(DbPurpose.Hot, write, CancellationToken.None))
        {
            throw Lost();
        }
    }

    /// <summary>A call that was charged ends; one that was not gives its key back. Where the database is away its lease runs out.</summary>
    private async Task EndAsync(KeyedCall call)
    {
        try
        {
            if (!call.Paid)
            {
                await database.TransactAsync(DbPurpose.Hot, session => GiveBackAsync(session, call), CancellationToken.None);
            }
            else if (call.Begun)
            {
                await database.ReadAsync(DbPurpose.Hot, session => AnswerStore.EndAsync(session, call, CancellationToken.None), CancellationToken.None);
            }
        }
        catch (DatabaseFaultException e)
        {
            GatewayLog.KeyNotEnded(log, e, call.Id);
        }
    }

    private static async Task GiveBackAsync(DbSession session, KeyedCall call)
    {
        if (await AnswerStore.DropAsync(session, call, CancellationToken.None))
        {
            await IdempotencyKeys.ReleaseAsync(session, [call.UserId], [call.Id], CancellationToken.None);
        }
    }

    private static FaultException Lost() => new(new Fault(FaultCodes.IdempotencyInProgress) { RetryAfter = TimeSpan.FromSeconds(1) });
}

/// <summary>Gathers an answer while it passes by.</summary>
/// <param name="most">Bytes worth gathering; a longer answer is let go.</param>
internal sealed class AnswerSpool(int most) : IDisposable
{
    private readonly MemoryStream _bytes = new();
    private bool _tooLong;

    /// <summary>What has passed; null when it was too long.</summary>
    public ReadOnlyMemory<byte>? Whole => _tooLong ? null : _bytes.GetBuffer().AsMemory(0, (int)_bytes.Length);

    public void Write(ReadOnlySpan<byte> piece)
    {
        _tooLong |= _bytes.Length + piece.Length > most;
        if (!_tooLong)
        {
            _bytes.Write(piece);
        }
    }

    public void Dispose() => _bytes.Dispose();
}

/// <summary>An answer as it is sent.</summary>
internal readonly record struct WholeBody(string ContentType, ReadOnlyMemory<byte> Bytes);
