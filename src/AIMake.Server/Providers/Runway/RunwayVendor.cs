using AIMake.Platform.Outbound;

namespace AIMake.Providers.Runway;

/// <summary>Runway: video and pictures. Its keys belong on servers only; limits are an organisation's, not a key's.</summary>
internal sealed class RunwayVendor(OutboundHttp http, TimeProvider time) : IVendor
{
    /// <summary>The only host for developers' keys.</summary>
    public const string DefaultBaseUrl = "https://api.dev.runwayml.com";

    public string Type => "runway";

    public IVideoProvider Videos(ProviderEndpoint endpoint) => new RunwayVideoProvider(Client(endpoint));

    public IImageProvider Images(ProviderEndpoint endpoint) => new RunwayImageProvider(Client(endpoint), time);

    /// <summary>Asks for the balance.</summary>
    public async Task TestAsync(ProviderEndpoint endpoint, CancellationToken ct) => await Client(endpoint).AskAsync(HttpMethod.Get, "/v1/organization", null, ct);

    private RunwayClient Client(ProviderEndpoint endpoint) => new(endpoint, http, time);
}
