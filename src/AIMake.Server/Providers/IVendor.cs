namespace AIMake.Providers;

/// <summary>
/// One vendor's way of speaking: makes adapters for an endpoint. A seam the vendor does not serve is null. Adapters hold no
/// state but their endpoint; retries, key pools, limits and logs are wrapped around them.
/// </summary>
internal interface IVendor
{
    /// <summary>Lower-case name of the dialect as configuration spells it (<c>Providers:…:Type</c>), e.g. <c>openai</c>, <c>kie</c>.</summary>
    string Type { get; }

    ISpeechProvider? Speech(ProviderEndpoint endpoint) => null;

    IChatProvider? Chat(ProviderEndpoint endpoint) => null;

    IEmbeddingProvider? Embeddings(ProviderEndpoint endpoint) => null;

    IImageProvider? Images(ProviderEndpoint endpoint) => null;

    IVideoProvider? Videos(ProviderEndpoint endpoint) => null;

    ITranscriptionProvider? Transcription(ProviderEndpoint endpoint) => null;

    /// <summary>Where the vendor speaks OpenAI's own API: how its requests are addressed, so that bytes can be forwarded.</summary>
    IOpenAiPassage? Passage(ProviderEndpoint endpoint) => null;

    /// <summary>The cheapest call that only a good key survives. Failures are <see cref="ProviderException"/>.</summary>
    Task TestAsync(ProviderEndpoint endpoint, CancellationToken ct);
}

/// <summary>Addresses requests of OpenAI's API at a server that speaks it.</summary>
internal interface IOpenAiPassage
{
    /// <param name="path">Behind <c>/v1/</c>, e.g. <c>chat/completions</c>.</param>
    /// <param name="model">The model's id at that server; some put it into the address.</param>
    /// <returns>A request with address and credentials, without a body.</returns>
    HttpRequestMessage Request(HttpMethod method, string path, string model);
}
