using System.Runtime.CompilerServices;
using AIMake.Providers.Routing;

namespace AIMake.Providers;

/// <summary>
/// A remote provider as the speech product sees it: each call goes through the router to one of the provider's keys. Another
/// key is tried until the first chunk; from then on the caller has heard something, and a retry would say it twice.
/// </summary>
/// <param name="ownKeyOf">The user whose own key is used instead; null for ours.</param>
internal sealed class PooledSpeechProvider(KeyPool pool, IProviderRouter router, ProvidersMetrics metrics, Guid? ownKeyOf = null) : ISpeechProvider
{
    public string Name => pool.Name;

    public int MaximumCharacters => Adapter(pool)?.MaximumCharacters ?? 0;

    /// <summary>Whether the vendor can speak at all.</summary>
    public static bool CanSpeak(KeyPool pool) => Adapter(pool) is not null;

    public async IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, [EnumeratorCancellation] CancellationToken ct)
    {
        var query = new RouteQuery([new Route(Name, request.Model)], OwnKeyOf: ownKeyOf);
        var (chunks, lease) = await router.RunAsync(query, (attempt, token) => OpenAsync(attempt, request, token), ct);
        var ended = false;
        var seconds = 0.0;
        try
        {
            do
            {
                var chunk = chunks.Current;
                seconds += chunk.Pcm.Length / 2.0 / Math.Max(1, chunk.SampleRate);
                if (chunk.Usage is { } usage) metrics.Spoke(Name, usage.Characters, 0);
                yield return chunk;
            }
            while (await MoveNextAsync(chunks, lease));
            ended = true;
        }
        finally
        {
            if (!ended) lease.Failed(ProviderFaults.Left);
            metrics.Spoke(Name, 0, seconds);
            await chunks.DisposeAsync();
            lease.Dispose();
        }
    }

    private static ISpeechProvider? Adapter(KeyPool pool) =>
        pool.Setup.Vendor.Speech(new ProviderEndpoint(pool.Name, pool.Setup.BaseUrl, "") { Settings = pool.Setup.Settings });

    private static async Task<IAsyncEnumerator<SpeechChunk>> OpenAsync(ProviderLease lease, SpeechSynthesis request, CancellationToken ct)
    {
        var speech = lease.Vendor.Speech(lease.Endpoint)
            ?? throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Rejected, Retryable: false, Detail: "the vendor does not speak"));
        var chunks = speech.SynthesizeAsync(request, ct).GetAsyncEnumerator(ct);
        try
        {
            if (await chunks.MoveNextAsync()) return chunks;
            throw ProviderFaults.Invalid("no chunks");
        }
        catch
        {
            await chunks.DisposeAsync();
            throw;
        }
    }

    /// <summary>A failure in mid-stream is not retried, but the key's health hears of it.</summary>
    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<SpeechChunk> chunks, ProviderLease lease)
    {
        try
        {
            return await chunks.MoveNextAsync();
        }
        catch (ProviderException e)
        {
            lease.Failed(e.Fault);
            throw;
        }
    }
}
