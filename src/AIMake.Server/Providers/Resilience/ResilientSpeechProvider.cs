using System.Runtime.CompilerServices;
using System.Threading.RateLimiting;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace AIMake.Providers.Resilience;

/// <summary>
/// Wraps a provider with what every remote call needs. In order: (1) a place among the calls side by side; (2) up to two more
/// tries, within a budget, jittered, or after the wait the vendor asks for; (3) a breaker that stops asking a vendor that keeps
/// failing. All this ends with the first chunk: from then on the caller has heard something, and a retry would say it twice.
/// </summary>
internal sealed class ResilientSpeechProvider : ISpeechProvider, IDisposable
{
    private readonly ISpeechProvider _inner;
    private readonly ResilienceOptions _options;
    private readonly ConcurrencyLimiter _places;
    private readonly RetryBudget _budget;
    private readonly CoolDown _coolDown;
    private readonly ResiliencePipeline _breaker;
    private readonly ResiliencePipeline _calls;

    /// <param name="random">Source of jitter, 0 to 1; the shared one when left out.</param>
    public ResilientSpeechProvider(ISpeechProvider inner, ResilienceOptions options, TimeProvider time, ProvidersMetrics metrics, Func<double>? random = null)
    {
        _inner = inner;
        _options = options;
        _budget = new RetryBudget(time);
        _coolDown = new CoolDown(time);
        _places = new ConcurrencyLimiter(new() { PermitLimit = options.MaxConcurrency, QueueLimit = options.MaxWaiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
        _breaker = new ResiliencePipelineBuilder { TimeProvider = time }.AddCircuitBreaker(Breaker(options)).Build();
        var calls = new ResiliencePipelineBuilder { TimeProvider = time };
        if (options.MaxRetries > 0) calls.AddRetry(Retry(options, random ?? Random.Shared.NextDouble, metrics));
        _calls = calls.AddPipeline(_breaker).Build();
    }

    public string Name => _inner.Name;

    public int MaximumCharacters => _inner.MaximumCharacters;

    public async IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, [EnumeratorCancellation] CancellationToken ct)
    {
        using var place = await _places.AcquireAsync(1, ct);
        if (!place.IsAcquired) throw Unavailable("all places taken", TimeSpan.FromSeconds(1));
        _budget.CountCall();

        await using var chunks = await OpenAsync(request, ct);
        do
        {
            yield return chunks.Current;
        }
        while (await MoveNextAsync(chunks));
    }

    public void Dispose() => _places.Dispose();

    /// <summary>Starts the call and waits for its first chunk, trying again where that may help.</summary>
    private async ValueTask<IAsyncEnumerator<SpeechChunk>> OpenAsync(SpeechSynthesis request, CancellationToken ct)
    {
        try
        {
            return await _calls.ExecuteAsync(static (call, token) => call.Self.TryOnceAsync(call.Request, call.Caller), (Self: this, Request: request, Caller: ct), ct);
        }
        catch (BrokenCircuitException e)
        {
            throw Unavailable("too many recent failures", e.RetryAfter ?? _options.BreakFor);
        }
    }

    private async ValueTask<IAsyncEnumerator<SpeechChunk>> TryOnceAsync(SpeechSynthesis request, CancellationToken ct)
    {
        _coolDown.ThrowIfCooling();
        var chunks = _inner.SynthesizeAsync(request, ct).GetAsyncEnumerator(ct);
        try
        {
            if (await chunks.MoveNextAsync()) return chunks;
            throw ProviderFaults.Invalid("no chunks");
        }
        catch (Exception e)
        {
            await chunks.DisposeAsync();
            if (e is ProviderException known) _coolDown.Observe(known.Fault);
            throw;
        }
    }

    /// <summary>A failure in mid-stream is not retried, but the breaker hears of it.</summary>
    private async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<SpeechChunk> chunks)
    {
        try
        {
            return await chunks.MoveNextAsync();
        }
        catch (ProviderException e)
        {
            await TellBreakerAsync(e);
            throw;
        }
    }

    private async ValueTask TellBreakerAsync(ProviderException failure)
    {
        var context = ResilienceContextPool.Shared.Get();
        await _breaker.ExecuteOutcomeAsync(static (_, failure) => ValueTask.FromResult(Outcome.FromException<bool>(failure)), context, failure);
        ResilienceContextPool.Shared.Return(context);
    }

    private static ProviderException Unavailable(string detail, TimeSpan retryAfter) =>
        new(new(ProviderStage.Connect, ProviderParty.Provider, ProviderFaultKind.Unavailable, Retryable: true, retryAfter, detail));

    private RetryStrategyOptions Retry(ResilienceOptions options, Func<double> random, ProvidersMetrics metrics) => new()
    {
        MaxRetryAttempts = options.MaxRetries,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = options.RetryDelay,
        MaxDelay = TimeSpan.FromSeconds(8),
        Randomizer = random,
        ShouldHandle = args => ValueTask.FromResult(
            args.Outcome.Exception is ProviderException { Fault: { Retryable: true } fault }
            && !(fault.RetryAfter > options.LongestWait)
            && args.AttemptNumber < options.MaxRetries
            && _budget.TrySpend()),
        DelayGenerator = args => ValueTask.FromResult((args.Outcome.Exception as ProviderException)?.Fault.RetryAfter is { } wait
            ? wait + wait * 0.1 * random()
            : (TimeSpan?)null),
        OnRetry = args =>
        {
            metrics.Retried(Name, ((ProviderException)args.Outcome.Exception!).Fault.Kind);
            return ValueTask.CompletedTask;
        },
    };

    /// <summary>Counts only what speaks against the vendor: a refused text or a used-up key says nothing about its health.</summary>
    private static CircuitBreakerStrategyOptions Breaker(ResilienceOptions options) => new()
    {
        FailureRatio = options.BreakAtFailureShare,
        MinimumThroughput = options.BreakAtLeastCalls,
        SamplingDuration = TimeSpan.FromSeconds(10),
        BreakDuration = options.BreakFor,
        ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is ProviderException
        {
            Fault.Kind: ProviderFaultKind.ServerError or ProviderFaultKind.Unreachable or ProviderFaultKind.Timeout
                or ProviderFaultKind.InvalidResponse or ProviderFaultKind.Interrupted or ProviderFaultKind.Redirected,
        }),
    };
}
