using System.Runtime.CompilerServices;
using AIMake.Platform.Outbound;
using AIMake.Providers.Audio;

namespace AIMake.Providers.OpenAi;

/// <summary>
/// Speaks through any server with OpenAI's speech endpoint. Asks for uncompressed sound and hands it on as it arrives. HTTP
/// only: retries, limits and logs are wrapped around it.
/// </summary>
internal sealed class OpenAiSpeechProvider(ProviderEndpoint endpoint, OpenAiOptions options, OutboundHttp http, TimeProvider time) : ISpeechProvider
{
    private readonly OpenAiDoor _door = new(endpoint, options, http, time);

    public string Name => endpoint.Provider;

    public int MaximumCharacters => options.MaximumCharacters;

    public async IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, [EnumeratorCancellation] CancellationToken ct)
    {
        ThrowIfNotOffered(request);
        using var response = await _door.SendJsonAsync("audio/speech", request.Model, OpenAiSpeechBody.Write(request, options.Format), OutboundLimits.Default, ct);
        var rawAllowed = AllowsRaw(response.MediaType);

        var sampleRate = 0;
        await foreach (var chunk in PcmBody.ReadAsync(response.Body, options.SampleRate, rawAllowed, ct))
        {
            sampleRate = chunk.SampleRate;
            yield return chunk;
        }
        yield return new SpeechChunk(ReadOnlyMemory<byte>.Empty, sampleRate, new SpeechUsage(request.Text.EnumerateRunes().Count(), null));
    }

    private void ThrowIfNotOffered(SpeechSynthesis request)
    {
        if ((options.Models.Length > 0 && !options.Models.Contains(request.Model)) || (options.Voices.Length > 0 && !options.Voices.Contains(request.Voice)))
            throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Rejected, Retryable: false, Detail: $"model or voice not offered by {Name}"));
    }

    /// <summary>
    /// What a content type promises. Compressed sound played as samples is noise, so it is refused; so is anything that is not
    /// sound. A WAV under any of these names is recognised by its content.
    /// </summary>
    private static bool AllowsRaw(string mediaType) => mediaType switch
    {
        "audio/pcm" or "audio/x-pcm" or "audio/raw" or "application/octet-stream" or "binary/octet-stream" => true,
        "audio/wav" or "audio/x-wav" or "audio/wave" or "audio/vnd.wave" => false,
        _ => throw ProviderFaults.Invalid("not the sound asked for, by its content type"),
    };
}
