using AIMake.Platform.Processes;
using AIMake.Providers;
using AIMake.Providers.Espeak;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AIMake.Tests.Providers.Espeak;

/// <summary>The real engine in real worker processes.</summary>
public sealed class EspeakFixture : IAsyncDisposable
{
    internal EspeakFixture(EspeakOptions options)
    {
        Children = new ChildProcesses(TimeProvider.System, NullLogger<ChildProcesses>.Instance);
        Pool = new EspeakPool(Children, Options.Create(options), NullLogger<EspeakPool>.Instance);
        Provider = new EspeakProvider(Pool, NullLogger<EspeakProvider>.Instance);
    }

    public EspeakFixture()
        : this(new EspeakOptions { Workers = 2 })
    {
    }

    internal ChildProcesses Children { get; }

    internal EspeakPool Pool { get; }

    internal EspeakProvider Provider { get; }

    internal async Task<Spoken> SpeakAsync(string text, string voice = "en-us", double speed = 1, CancellationToken ct = default)
    {
        using var pcm = new MemoryStream();
        SpeechUsage? usage = null;
        var rate = 0;
        await foreach (var chunk in Provider.SynthesizeAsync(new SpeechSynthesis(text, "espeak-ng", voice, "", speed), ct))
        {
            Assert.Null(usage);
            pcm.Write(chunk.Pcm.Span);
            (rate, usage) = (chunk.SampleRate, chunk.Usage);
        }
        return new Spoken(pcm.ToArray(), rate, usage!);
    }

    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync();
        Children.Dispose();
    }
}

internal sealed record Spoken(byte[] Pcm, int SampleRate, SpeechUsage Usage)
{
    public double Seconds => Pcm.Length / 2.0 / SampleRate;
}
