namespace AIMake.Platform.Outbound;

/// <summary>
/// The clocks of one call. One runs over the whole, one over the present stage; when either runs out the call is cancelled and
/// the reason is remembered, so that a time limit is never mistaken for a caller who left.
/// </summary>
internal sealed class CallWatch : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private CancellationTokenRegistration _leaving;
    private CancellationToken _caller;
    private readonly ITimer _total;
    private readonly ITimer _stage;
    private int _expired = -1;

    public CallWatch(TimeProvider time, TimeSpan firstByte, TimeSpan total, CancellationToken caller)
    {
        Follow(caller);
        _stage = time.CreateTimer(_ => Expire(StageFailure), null, firstByte, Timeout.InfiniteTimeSpan);
        _total = time.CreateTimer(_ => Expire(OutboundFailure.TotalTimeout), null, total, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => _cancellation.Token;

    /// <summary>What a stage that takes too long is called.</summary>
    private OutboundFailure StageFailure { get; set; } = OutboundFailure.FirstByteTimeout;

    /// <summary>Lets the stage clock run from now.</summary>
    public void StartIdle(TimeSpan limit)
    {
        StageFailure = OutboundFailure.IdleTimeout;
        _stage.Change(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stops the stage clock: nothing is waited for.</summary>
    public void StopStage() => _stage.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>The limit that passed, if it was a limit and not the caller who ended the call.</summary>
    public bool HasExpired(out OutboundFailure failure)
    {
        failure = (OutboundFailure)Volatile.Read(ref _expired);
        return (int)failure >= 0 && !_caller.IsCancellationRequested;
    }

    /// <summary>From now on this token ends the call, and no earlier one does.</summary>
    public void Follow(CancellationToken caller)
    {
        _leaving.Dispose();
        _caller = caller;
        _leaving = caller.UnsafeRegister(static cancellation => ((CancellationTokenSource)cancellation!).Cancel(), _cancellation);
    }

    public void Dispose()
    {
        _leaving.Dispose();
        _stage.Dispose();
        _total.Dispose();
        _cancellation.Dispose();
    }

    private void Expire(OutboundFailure failure)
    {
        if (Interlocked.CompareExchange(ref _expired, (int)failure, -1) != -1) return;
        try
        {
            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call ended while the clock struck.
        }
    }
}
