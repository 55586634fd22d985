using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.ElevenLabs;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.ElevenLabs;

/// <summary>The vendor as it calls one host.</summary>
internal sealed class ElevenLabsTestBed(string host, string key = "sk-canary", string path = "", Action<OutboundOptions>? outbound = null) : IDisposable
{
    public const string George = "JBFqnCBsd6RMkjVDRZzb";
    public const string Sarah = "EXAVITQu4vr4xnSDxMaL";

    /// <summary>Where the simulator has the vendor's paths.</summary>
    public const string Simulated = "/elevenlabs";

    private readonly OutboundHttp _http = OutboundTestBed.Create([host], outbound);

    public ElevenLabsVendor Vendor => new(_http, TimeProvider.System);

    public ProviderEndpoint Endpoint { get; } = new("elevenlabs", new Uri($"http://{host}{path}"), key);

    public ISpeechProvider Provider => Vendor.Speech(Endpoint);

    public static SpeechSynthesis Hello { get; } = new("Hello", "eleven_multilingual_v2", George, "", 1);

    public async Task<SpokenSegment> SpeakAsync(SpeechSynthesis? request = null) =>
        new(await Provider.SynthesizeAsync(request ?? Hello, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));

    public async Task<ProviderFault> FaultAsync(SpeechSynthesis? request = null) =>
        (await Assert.ThrowsAsync<ProviderException>(() => SpeakAsync(request))).Fault;

    public void Dispose() => _http.Dispose();
}
