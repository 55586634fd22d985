namespace AIMake.Platform.Http;

/// <summary>
/// An orderly stop. At SIGTERM <see cref="Begun"/> fires: readiness turns 503, new work is refused, feeds end, workers stop
/// claiming. Requests under way go on for at most <see cref="Patience"/>; then <see cref="StreamsMustEnd"/> fires and paid
/// streams say goodbye and settle. Only then are the listening sockets closed.
/// </summary>
internal sealed class Drain : IHostedLifecycleService, IDisposable
{
    /// <summary>How long streams may go on after SIGTERM.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private readonly CancellationTokenSource _streams = new();
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _underWay;

    public Drain(IHostApplicationLifetime lifetime, TimeProvider time)
    {
        (_lifetime, _time) = (lifetime, time);
        lifetime.ApplicationStopping.Register(SignalIfQuiet);
    }

    public bool IsDraining => Begun.IsCancellationRequested;

    /// <summary>The stop has begun: take on nothing new.</summary>
    public CancellationToken Begun => _lifetime.ApplicationStopping;

    /// <summary>The time for streams is up: end with <c>server_shutting_down</c> and settle.</summary>
    public CancellationToken StreamsMustEnd => _streams.Token;

    /// <summary>Counts a request as under way until disposed.</summary>
    public IDisposable Enter()
    {
        Interlocked.Increment(ref _underWay);
        return new Visit(this);
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _lifetime.StopApplication(); // a signal has done so already; a stop from code comes here first
        SignalIfQuiet();
        try
        {
            await _quiet.Task.WaitAsync(Patience, _time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Those still talking are told to end; the host's own shutdown time bounds what follows.
        }

        await _streams.CancelAsync();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _streams.Dispose();

    private void SignalIfQuiet()
    {
        if (IsDraining && Volatile.Read(ref _underWay) == 0)
        {
            _quiet.TrySetResult();
        }
    }

    private sealed class Visit(Drain drain) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                Interlocked.Decrement(ref drain._underWay);
                drain.SignalIfQuiet();
            }
        }
    }
}

/// <summary>Counts requests, and while draining refuses those that would start something new.</summary>
internal static class DrainExtensions
{
    public static IApplicationBuilder UseDrain(this IApplicationBuilder app)
    {
        var drain = app.ApplicationServices.GetRequiredService<Drain>();
        return app.Use(async (context, next) =>
        {
            if (RouteNames.IsProbe(context))
            {
                await next(context);
                return;
            }

            if (drain.IsDraining)
            {
                context.Response.Headers.Connection = "close";
                if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
                {
                    await FaultWriter.WriteAsync(context, new(Faults.FaultCodes.Draining) { RetryAfter = TimeSpan.FromSeconds(2) });
                    return;
                }
            }

            using (drain.Enter())
            {
                await next(context);
            }
        });
    }
}
