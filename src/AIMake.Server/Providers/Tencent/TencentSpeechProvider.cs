using System.Runtime.CompilerServices;
using AIMake.Platform.Outbound;
using AIMake.Providers.Audio;

namespace AIMake.Providers.Tencent;

/// <summary>
/// Speaks through Tencent Cloud. The model <c>TextToVoice</c> (or any other) asks for a text at once, in as many calls one after
/// another as its length needs; <see cref="TencentTask.Model"/> hands a text of up to 100,000 characters over and waits for the
/// file, which may take from seconds to hours.
/// </summary>
internal sealed class TencentSpeechProvider(TencentClient client, TencentTask task) : ISpeechProvider
{
    /// <summary>Name in <see cref="ProviderEndpoint.Settings"/>: 24000 (default), 16000 or 8000, for voices that lack the higher ones.</summary>
    public const string SampleRateSetting = "SampleRate";

    /// <summary>Longest text spoken at once: four calls.</summary>
    private const int LongestAtOnce = 600;

    public string Name => client.Endpoint.Provider;

    public int MaximumCharacters => LongestAtOnce;

    public IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, CancellationToken ct) =>
        request.Model == TencentTask.Model ? task.SynthesizeAsync(request, ct) : SpeakAtOnceAsync(request, ct);

    private async IAsyncEnumerable<SpeechChunk> SpeakAtOnceAsync(SpeechSynthesis request, [EnumeratorCancellation] CancellationToken ct)
    {
        var rate = SampleRate(client.Endpoint);
        var begun = false;
        foreach (var part in TencentText.Parts(PlainText.WithoutTags(request.Text)))
        {
            var sound = await SpeakAsync(request, part, rate, begun, ct);
            await foreach (var chunk in PcmBody.ReadAsync(new MemoryStream(sound), rate, rawAllowed: true, ct)) yield return chunk;
            begun = true;
        }
        yield return new SpeechChunk(ReadOnlyMemory<byte>.Empty, rate, new SpeechUsage(request.Text.EnumerateRunes().Count(), null));
    }

    /// <param name="begun">Whether an earlier part is already heard: a failure now is one in the middle.</param>
    private async Task<byte[]> SpeakAsync(SpeechSynthesis request, string part, int rate, bool begun, CancellationToken ct)
    {
        try
        {
            using var answer = await client.CallAsync(
                "TextToVoice",
                json =>
                {
                    TencentSpeechBody.Write(json, request, part, rate, "pcm");
                    json.WriteString("SessionId", Guid.NewGuid().ToString());
                },
                Limits(part.Length, rate),
                ct);
            return TencentClient.Result(answer).Base64("Audio") is { Length: > 0 } sound ? sound : throw ProviderFaults.Invalid("no sound in base64");
        }
        catch (ProviderException e) when (begun && e.Fault.Stage is ProviderStage.Connect or ProviderStage.FirstByte)
        {
            throw new ProviderException(e.Fault with { Stage = ProviderStage.Stream }, e);
        }
    }

    /// <summary>A second of sound for each character and ten more, in base64: a cap no honest answer reaches.</summary>
    private static OutboundLimits Limits(int characters, int rate) => new() { MaxBytes = (10L + characters) * rate * 2 * 3 / 2 };

    private static int SampleRate(ProviderEndpoint endpoint) =>
        endpoint.Settings.GetValueOrDefault(SampleRateSetting) switch
        {
            "8000" => 8_000,
            "16000" => 16_000,
            _ => 24_000,
        };
}
