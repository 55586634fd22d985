namespace AIMake.Providers;

/// <summary>
/// One way of turning text into sound. Adapters are singletons and safe to call from many threads at once; how many calls may
/// run side by side is the router's business, not the caller's.
/// </summary>
internal interface ISpeechProvider
{
    /// <summary>Stable lower-case name used in routes, receipts and metrics, for example <c>espeak</c> or <c>openai</c>.</summary>
    string Name { get; }

    /// <summary>Longest text one call takes, in Unicode code points.</summary>
    int MaximumCharacters => 600;

    /// <summary>
    /// Speaks one segment. Chunks arrive as the vendor produces them and share one sample rate; the last one carries
    /// <see cref="SpeechChunk.Usage"/> and may hold no sound. Every expected failure is a <see cref="ProviderException"/>.
    /// Cancelling <paramref name="ct"/>, or leaving the enumeration early, abandons the call upstream. The memory of a chunk
    /// belongs to the receiver and is never reused.
    /// </summary>
    IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, CancellationToken ct);
}
