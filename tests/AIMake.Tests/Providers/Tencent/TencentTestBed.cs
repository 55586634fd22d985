using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.Tencent;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.Tencent;

/// <summary>The vendor as it calls one host. In the simulator any id that begins with <c>AKID</c> is an account, and its key is the id backwards.</summary>
internal sealed class TencentTestBed(string host, string id = "AKIDcanary", string? key = null, TimeProvider? time = null, string[]? settings = null) : IDisposable
{
    private readonly OutboundHttp _http = OutboundTestBed.Create([host]);

    public TencentVendor Vendor => new(_http, time ?? TimeProvider.System);

    public ProviderEndpoint Endpoint { get; } = new("tencent", new Uri($"http://{host}"), key ?? new string([.. id.Reverse()]))
    {
        SecretId = id,
        Settings = (settings ?? []).Select(setting => setting.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]),
    };

    public ISpeechProvider Provider => Vendor.Speech(Endpoint);

    public static SpeechSynthesis Hello { get; } = new("Hello", "TextToVoice", "501008", "", 1);

    public async Task<SpokenSegment> SpeakAsync(SpeechSynthesis? request = null) =>
        new(await Provider.SynthesizeAsync(request ?? Hello, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));

    public async Task<ProviderFault> FaultAsync(SpeechSynthesis? request = null) =>
        (await Assert.ThrowsAsync<ProviderException>(() => SpeakAsync(request))).Fault;

    public void Dispose() => _http.Dispose();
}
