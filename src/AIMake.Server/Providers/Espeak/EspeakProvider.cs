using System.Runtime.CompilerServices;

namespace AIMake.Providers.Espeak;

/// <summary>Speaks with espeak-ng on this machine: no key, no network, no cost per use.</summary>
internal sealed class EspeakProvider(EspeakPool pool, ILogger<EspeakProvider> log) : ISpeechProvider
{
    /// <summary>The engine's own pace at speed 1.</summary>
    private const int WordsPerMinute = 175;

    public string Name => "espeak";

    public async IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, [EnumeratorCancellation] CancellationToken ct)
    {
        if (!EspeakText.IsVoiceName(request.Voice)) throw EspeakFaults.UnknownVoice();
        var text = EspeakText.Clean(request.Text);
        var pace = (int)Math.Round(WordsPerMinute * Math.Clamp(request.Speed, 0.5, 2.0));

        var (worker, samples, any) = await BeginAsync(request.Voice, pace, text, ct);
        try
        {
            while (any)
            {
                yield return new SpeechChunk(samples.Current, worker.SampleRate);
                any = await samples.MoveNextAsync();
            }
            yield return new SpeechChunk(ReadOnlyMemory<byte>.Empty, worker.SampleRate, new SpeechUsage(request.Text.EnumerateRunes().Count(), 0));
        }
        finally
        {
            await samples.DisposeAsync();
            await pool.ReturnAsync(worker);
        }
    }

    /// <summary>Gets the first samples. A worker that fails before them is replaced and the text tried once more, unseen by anyone.</summary>
    private async Task<(EspeakWorker Worker, IAsyncEnumerator<ReadOnlyMemory<byte>> Samples, bool Any)> BeginAsync(
        string voice, int pace, string text, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var worker = await pool.RentAsync(ct);
            var samples = worker.SpeakAsync(voice, pace, text, ct).GetAsyncEnumerator(ct);
            try
            {
                return (worker, samples, await samples.MoveNextAsync());
            }
            catch (ProviderException e) when (e.Fault.Retryable && attempt == 1)
            {
                log.SpeakingAgain(text.Length, e.Fault);
                await samples.DisposeAsync();
                await pool.ReturnAsync(worker);
            }
            catch
            {
                await samples.DisposeAsync();
                await pool.ReturnAsync(worker);
                throw;
            }
        }
    }
}
