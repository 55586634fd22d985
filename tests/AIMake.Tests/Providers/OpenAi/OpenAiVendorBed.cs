using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.OpenAi;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.OpenAi;

/// <summary>The vendor with a way out to one host.</summary>
internal sealed class OpenAiVendorBed(string host, Action<OutboundOptions>? outbound = null) : IDisposable
{
    private readonly OutboundHttp _http = OutboundTestBed.Create([host], outbound);

    public OpenAiVendor Vendor => new(_http, TimeProvider.System);

    public ProviderEndpoint Endpoint(string key = "sk-canary", string path = "/v1", params (string Name, string Value)[] settings) =>
        new("openai", new Uri($"http://{host}{path}"), key) { Settings = settings.ToDictionary(setting => setting.Name, setting => setting.Value) };

    public void Dispose() => _http.Dispose();
}
