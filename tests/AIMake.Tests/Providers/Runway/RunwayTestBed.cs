using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.Runway;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.Runway;

/// <summary>Runway's adapters, which may call one host.</summary>
internal sealed class RunwayTestBed(string host, TimeProvider? time = null) : IDisposable
{
    private readonly OutboundHttp _http = OutboundTestBed.Create([host]);

    /// <param name="path">Where on the host the vendor begins.</param>
    public IVideoProvider Videos(string key, string path = "/runway") => Vendor.Videos(Endpoint(key, path))!;

    public IImageProvider Images(string key, string path = "/runway") => Vendor.Images(Endpoint(key, path))!;

    public IVendor Vendor => new RunwayVendor(_http, time ?? TimeProvider.System);

    public static string NewKey() => $"key_{Guid.NewGuid():N}{Guid.NewGuid():N}{Guid.NewGuid():N}{Guid.NewGuid():N}";

    public ProviderEndpoint Endpoint(string key, string path = "/runway") => new("runway", new Uri($"http://{host}{path}"), key);

    public void Dispose() => _http.Dispose();
}
