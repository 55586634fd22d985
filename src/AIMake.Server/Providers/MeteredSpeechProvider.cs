using System.Runtime.CompilerServices;

namespace AIMake.Providers;

/// <summary>Counts and times every call.</summary>
internal sealed class MeteredSpeechProvider(ISpeechProvider inner, ProvidersMetrics metrics, TimeProvider time) : ISpeechProvider
{
    public string Name => inner.Name;

    public int MaximumCharacters => inner.MaximumCharacters;

    public async IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, [EnumeratorCancellation] CancellationToken ct)
    {
        var call = new SpeechCall(time);
        try
        {
            await using var chunks = inner.SynthesizeAsync(request, ct).GetAsyncEnumerator(ct);
            while (await call.MoveNextAsync(chunks)) yield return chunks.Current;
        }
        finally
        {
            if (call.FirstSound is { } first) metrics.FirstByte(Name, first);
            metrics.Ended(Name, call.Outcome, call.Elapsed);
            metrics.Spoke(Name, call.Usage?.Characters ?? 0, call.AudioSeconds);
        }
    }
}
