using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.Synthesia;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.Synthesia;

/// <summary>The vendor as it calls one host.</summary>
internal sealed class SynthesiaTestBed(string host) : IDisposable
{
    private readonly OutboundHttp _http = OutboundTestBed.Create([host]);

    public SynthesiaVendor Vendor => new(_http, TimeProvider.System);

    public static VideoRequest Hello { get; } = new("synthesia", "Hello.", Ratio: "16:9");

    /// <param name="path">Where the vendor's paths begin; the simulator's place by default.</param>
    public ProviderEndpoint Endpoint(string key = "sk-canary", string path = "/synthesia") => new("synthesia", new Uri($"http://{host}{path}"), key);

    public IVideoProvider Provider(string key = "sk-canary", string path = "/synthesia") => Vendor.Videos(Endpoint(key, path));

    public void Dispose() => _http.Dispose();
}
