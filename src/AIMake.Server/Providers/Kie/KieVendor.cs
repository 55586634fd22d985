using AIMake.Platform.Outbound;

namespace AIMake.Providers.Kie;

/// <summary>kie.ai, a reseller of Google's Veo 3.</summary>
internal sealed class KieVendor(OutboundHttp http, TimeProvider time) : IVendor
{
    public const string DefaultBaseUrl = "https://api.kie.ai";

    /// <summary>Name of a setting: the key this account's notices are signed with; without it they are believed by their address.</summary>
    public const string NoticeKeySetting = "WebhookKey";

    public string Type => "kie";

    public IVideoProvider Videos(ProviderEndpoint endpoint) => new KieVideoProvider(Client(endpoint));

    /// <summary>Asks for the balance.</summary>
    public async Task TestAsync(ProviderEndpoint endpoint, CancellationToken ct) => await Client(endpoint).AskAsync(HttpMethod.Get, "/api/v1/chat/credit", null, ct);

    private KieClient Client(ProviderEndpoint endpoint) => new(endpoint, http, time);
}
