namespace AIMake.Providers;

/// <summary>Follows one call from the outside for those who measure and log it.</summary>
internal sealed class SpeechCall(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>From asking to the first sound; null before it.</summary>
    public TimeSpan? FirstSound { get; private set; }

    public double AudioSeconds { get; private set; }

    public SpeechUsage? Usage { get; private set; }

    public ProviderFault? Fault { get; private set; }

    public TimeSpan Elapsed => time.GetElapsedTime(_started);

    /// <summary><c>ok</c>, the kind of fault, or <c>canceled</c> when the listener left first.</summary>
    public string Outcome => Fault?.Kind.ToString() ?? (Usage is null ? "canceled" : "ok");

    public void Observe(SpeechChunk chunk)
    {
        if (chunk.Pcm.Length > 0) FirstSound ??= Elapsed;
        AudioSeconds += chunk.Pcm.Length / 2.0 / Math.Max(1, chunk.SampleRate);
        Usage = chunk.Usage ?? Usage;
    }

    /// <summary>Moves on, remembering a fault on its way through.</summary>
    public async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<SpeechChunk> chunks)
    {
        try
        {
            if (!await chunks.MoveNextAsync()) return false;
            Observe(chunks.Current);
            return true;
        }
        catch (ProviderException e)
        {
            Fault = e.Fault;
            throw;
        }
    }
}
