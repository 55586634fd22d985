using System.Runtime.CompilerServices;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.OpenAi;

/// <summary>OpenAI, and every server that speaks its API. <see cref="OpenAiOptions.From"/> names the settings of an endpoint.</summary>
internal sealed class OpenAiVendor(OutboundHttp http, TimeProvider time) : IVendor
{
    /// <summary>Settings are read once, not for every call.</summary>
    private readonly ConditionalWeakTable<IReadOnlyDictionary<string, string>, OpenAiOptions> _options = [];

    public string Type => "openai";

    public ISpeechProvider Speech(ProviderEndpoint endpoint) => new OpenAiSpeechProvider(endpoint, Options(endpoint), http, time);

    public IChatProvider Chat(ProviderEndpoint endpoint) => new OpenAiChatProvider(Door(endpoint));

    public IEmbeddingProvider Embeddings(ProviderEndpoint endpoint) => new OpenAiEmbeddingProvider(Door(endpoint));

    public IImageProvider Images(ProviderEndpoint endpoint) => new OpenAiImageProvider(Door(endpoint), http, time);

    public ITranscriptionProvider Transcription(ProviderEndpoint endpoint) => new OpenAiTranscriptionProvider(Door(endpoint));

    public IOpenAiPassage Passage(ProviderEndpoint endpoint) => Door(endpoint);

    public async Task TestAsync(ProviderEndpoint endpoint, CancellationToken ct)
    {
        using var response = await Door(endpoint).SendAsync(HttpMethod.Get, "models", "", null, new OutboundLimits { MaxBytes = 4 << 20 }, ct);
        using var models = await OpenAiAnswer.ReadAsync(response, ct); // a proxy's page of HTML has status 200 too
    }

    private OpenAiDoor Door(ProviderEndpoint endpoint) => new(endpoint, Options(endpoint), http, time);

    private OpenAiOptions Options(ProviderEndpoint endpoint) => _options.GetValue(endpoint.Settings, OpenAiOptions.From);
}
