using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.OpenAi;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.OpenAi;

/// <summary>An adapter that may call one host.</summary>
internal sealed class OpenAiTestBed : IDisposable
{
    private readonly OutboundHttp _http;

    public OpenAiTestBed(string host, OpenAiOptions? options = null, Action<OutboundOptions>? outbound = null)
    {
        options ??= new OpenAiOptions { ApiKey = "sk-canary" };
        if (options.BaseUrl == OpenAiOptions.DefaultBaseUrl) options.BaseUrl = $"http://{host}/v1";
        _http = OutboundTestBed.Create([host], outbound);
        Provider = new OpenAiSpeechProvider(new ProviderEndpoint("openai", new Uri(options.BaseUrl), options.ApiKey ?? ""), options, _http, TimeProvider.System);
    }

    public ISpeechProvider Provider { get; }

    public static SpeechSynthesis Hello { get; } = new("Hello", "tts-1", "alloy", "", 1);

    public async Task<SpokenSegment> SpeakAsync(SpeechSynthesis? request = null) =>
        new(await Provider.SynthesizeAsync(request ?? Hello, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));

    public async Task<ProviderFault> FaultAsync(SpeechSynthesis? request = null) =>
        (await Assert.ThrowsAsync<ProviderException>(() => SpeakAsync(request))).Fault;

    public void Dispose() => _http.Dispose();
}
