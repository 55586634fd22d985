using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.Kie;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.Kie;

/// <summary>The adapter for kie.ai, which may call one host.</summary>
internal sealed class KieTestBed(string host) : IDisposable
{
    private readonly OutboundHttp _http = OutboundTestBed.Create([host]);

    public IVendor Vendor => new KieVendor(_http, TimeProvider.System);

    /// <param name="path">Where on the host the vendor begins.</param>
    public IVideoProvider Videos(string key, string path = "/kie") => Vendor.Videos(Endpoint(key, path))!;

    public ProviderEndpoint Endpoint(string key, string path = "/kie") =>
        new("kie", new Uri($"http://{host}{path}"), key) { Settings = new Dictionary<string, string> { [KieClient.UploadSetting] = $"http://{host}/kie-files" } };

    public void Dispose() => _http.Dispose();
}
