using System.Runtime.CompilerServices;
using AIMake.Providers;

namespace AIMake.Tests.Speech;

/// <summary>Speaks a second of noise for each segment; after <paramref name="openFor"/> segments it waits at the gate.</summary>
internal sealed class GatedVoice(Task gate, int openFor) : ISpeechProvider
{
    public const int Rate = 22_050;

    /// <summary>About what a segment takes in a WAV file, edges cut: never more.</summary>
    public const int BytesEach = Rate * 2;

    private int _calls;
    private int _cancelled;

    public string Name => "espeak";

    public int Calls => _calls;

    public int Cancelled => _cancelled;

    public async IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, [EnumeratorCancellation] CancellationToken ct)
    {
        if (Interlocked.Increment(ref _calls) > openFor)
        {
            try
            {
                await gate.WaitAsync(ct);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref _cancelled);
                throw;
            }
        }

        yield return new SpeechChunk(Noise(request.Text), Rate, new SpeechUsage(request.Text.Length, 0));
    }

    public static byte[] Noise(string text)
    {
        var random = new Random(text.Length);
        var samples = new byte[BytesEach];
        for (var i = 0; i < samples.Length; i += 2)
        {
            BitConverter.TryWriteBytes(samples.AsSpan(i), (short)random.Next(-8_000, 8_000));
        }

        return samples;
    }
}

/// <summary>Never makes a sound, and says that trying again would not help.</summary>
internal sealed class BrokenVoice : ISpeechProvider
{
    public string Name => "espeak";

    public async IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.Yield();
        throw new ProviderException(new ProviderFault(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.ServerError, Retryable: false));
#pragma warning disable CS0162 // makes this an iterator
        yield break;
#pragma warning restore CS0162
    }
}

/// <summary>Fails each segment whose call number is told, as if it would pass, and speaks the others.</summary>
internal sealed class FlakyVoice(Func<int, bool> fails) : ISpeechProvider
{
    private readonly List<string> _spoken = [];
    private int _calls;

    public string Name => "espeak";

    public int Calls => _calls;

    /// <summary>Texts that were spoken, in no particular order.</summary>
    public IReadOnlyList<string> Spoken
    {
        get
        {
            lock (_spoken)
            {
                return [.. _spoken];
            }
        }
    }

    public async IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.Yield();
        if (fails(Interlocked.Increment(ref _calls)))
        {
            throw new ProviderException(new ProviderFault(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.ServerError, Retryable: true));
        }

        lock (_spoken)
        {
            _spoken.Add(request.Text);
        }

        yield return new SpeechChunk(GatedVoice.Noise(request.Text), GatedVoice.Rate, new SpeechUsage(request.Text.Length, 15));
    }
}
