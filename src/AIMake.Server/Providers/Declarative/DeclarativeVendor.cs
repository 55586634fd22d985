using AIMake.Platform.Outbound;
using AIMake.Providers.Declarative.Calls;

namespace AIMake.Providers.Declarative;

/// <summary>Speaks to every provider that a file describes: looks the file up by the endpoint's name, each time anew.</summary>
internal sealed class DeclarativeVendor(IDeclarativeProviders providers, OutboundHttp http, TimeProvider time) : IVendor
{
    public const string Dialect = "declarative";

    public string Type => Dialect;

    public ISpeechProvider? Speech(ProviderEndpoint endpoint) =>
        Find(endpoint) is { Speech: { } seam } file ? new DeclarativeSpeech(seam, Values(seam.Call), Caller(file, endpoint)) : null;

    public IChatProvider? Chat(ProviderEndpoint endpoint) =>
        Find(endpoint) is { Chat: { } seam } file ? new DeclarativeChat(seam, Values(seam.Call), Caller(file, endpoint)) : null;

    public IEmbeddingProvider? Embeddings(ProviderEndpoint endpoint) =>
        Find(endpoint) is { Embedding: { } seam } file ? new DeclarativeEmbeddings(seam, Values(seam.Call), Caller(file, endpoint)) : null;

    public IImageProvider? Images(ProviderEndpoint endpoint) =>
        Find(endpoint) is { Image: { } seam } file ? new DeclarativeImages(seam, Values(seam.Call), Caller(file, endpoint)) : null;

    public IVideoProvider? Videos(ProviderEndpoint endpoint) =>
        Find(endpoint) is { Video: { } seam } file ? new DeclarativeVideos(file, seam, Values(seam.Call), Caller(file, endpoint)) : null;

    public ITranscriptionProvider? Transcription(ProviderEndpoint endpoint) =>
        Find(endpoint) is { Transcription: { } seam } file ? new DeclarativeTranscription(seam, Values(seam.Call), Caller(file, endpoint)) : null;

    public async Task TestAsync(ProviderEndpoint endpoint, CancellationToken ct)
    {
        var file = Find(endpoint)
            ?? throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Unavailable, Retryable: false, Detail: "its file is gone"));
        if (file.Test is not { } test) return;
        // The body is judged too: some vendors refuse a key with status 200.
        if (file.Rules.Success is null) (await Caller(file, endpoint).SendAsync(test, new TemplateValues(), ct)).Dispose();
        else await Caller(file, endpoint).AskAsync(test, new TemplateValues(), ct);
    }

    private ProviderDescription? Find(ProviderEndpoint endpoint) => providers.Find(endpoint.Provider)?.Description;

    private DeclarativeCaller Caller(ProviderDescription file, ProviderEndpoint endpoint) => new(file, endpoint, http, time);

    private static Func<TemplateValues> Values(CallDescription call) => () => new TemplateValues(call.Words);
}
