using System.Runtime.CompilerServices;
using AIMake.Providers;

namespace AIMake.Tests.Providers;

/// <summary>A provider that does what the test says, call by call, and counts the calls.</summary>
internal sealed class ScriptedSpeechProvider(Func<int, CancellationToken, IAsyncEnumerable<SpeechChunk>> script) : ISpeechProvider
{
    private int _calls;

    public static readonly SpeechChunk Sound = new(new byte[4800], 24_000);

    public static readonly SpeechChunk End = new(ReadOnlyMemory<byte>.Empty, 24_000, new SpeechUsage(5, null));

    public static SpeechSynthesis Request { get; } = new("Canary words.", "tts-1", "alloy", "", 1);

    public string Name => "scripted";

    public int MaximumCharacters => 777;

    /// <summary>How often it was asked.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Says one thing well.</summary>
    public static IAsyncEnumerable<SpeechChunk> Speak() => new[] { Sound, End }.ToAsyncEnumerable();

    /// <summary>Fails, after so many chunks.</summary>
    public static async IAsyncEnumerable<SpeechChunk> Fail(ProviderFault fault, int after = 0, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await Task.Yield();
        ct.ThrowIfCancellationRequested();
        for (var i = 0; i < after; i++) yield return Sound;
        throw new ProviderException(fault);
    }

    public IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, CancellationToken ct) => script(Interlocked.Increment(ref _calls), ct);
}
