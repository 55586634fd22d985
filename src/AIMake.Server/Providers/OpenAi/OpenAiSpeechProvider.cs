using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using AIMake.Platform.Outbound;
using AIMake.Providers.Audio;

namespace AIMake.Providers.OpenAi;

/// <summary>
/// Speaks through any server with OpenAI's speech endpoint. Asks for uncompressed sound and hands it on as it arrives. HTTP
/// only: retries, limits and logs are wrapped around it.
/// </summary>
internal sealed class OpenAiSpeechProvider(string name, OpenAiOptions options, OutboundHttp http, TimeProvider time) : ISpeechProvider
{
    private static readonly ProductInfoHeaderValue UserAgent = new("AIMake", typeof(OpenAiSpeechProvider).Assembly.GetName().Version!.ToString(3));

    private readonly Uri _endpoint = new($"{options.BaseUrl.TrimEnd('/')}/audio/speech");

    public string Name => name;

    public int MaximumCharacters => options.MaximumCharacters;

    public async IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, [EnumeratorCancellation] CancellationToken ct)
    {
        ThrowIfNotOffered(request);
        using var response = await SendAsync(request, ct);
        if (!response.Success) throw await OpenAiFaults.FromAsync(response, time, ct);
        var rawAllowed = AllowsRaw(response.MediaType);

        var sampleRate = 0;
        await foreach (var chunk in PcmBody.ReadAsync(response.Body, options.SampleRate, rawAllowed, ct))
        {
            sampleRate = chunk.SampleRate;
            yield return chunk;
        }
        yield return new SpeechChunk(ReadOnlyMemory<byte>.Empty, sampleRate, new SpeechUsage(request.Text.EnumerateRunes().Count(), null));
    }

    private async Task<OutboundResponse> SendAsync(SpeechSynthesis request, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _endpoint);
        message.Content = new ByteArrayContent(OpenAiSpeechBody.Write(request, options.Format));
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        message.Headers.UserAgent.Add(UserAgent);
        if (options.ApiKey is { Length: > 0 } key) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (options.Organization is { Length: > 0 } organization) message.Headers.Add("OpenAI-Organization", organization);
        if (options.Project is { Length: > 0 } project) message.Headers.Add("OpenAI-Project", project);
        try
        {
            return await http.SendAsync(message, OutboundLimits.Default, ct);
        }
        catch (OutboundException e)
        {
            throw ProviderFaults.From(e, begun: false);
        }
    }

    private void ThrowIfNotOffered(SpeechSynthesis request)
    {
        if ((options.Models.Length > 0 && !options.Models.Contains(request.Model)) || (options.Voices.Length > 0 && !options.Voices.Contains(request.Voice)))
            throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Rejected, Retryable: false, Detail: $"model or voice not offered by {name}"));
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
