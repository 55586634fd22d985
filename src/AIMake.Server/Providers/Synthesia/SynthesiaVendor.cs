using AIMake.Platform.Outbound;

namespace AIMake.Providers.Synthesia;

/// <summary>Synthesia: films of avatars.</summary>
internal sealed class SynthesiaVendor(OutboundHttp http, TimeProvider time) : IVendor
{
    /// <summary>Name of a setting: the secret told when the webhook was registered; without it no notice is believed.</summary>
    public const string NoticeSecretSetting = "WebhookSecret";

    public string Type => "synthesia";

    public IVideoProvider Videos(ProviderEndpoint endpoint) => new SynthesiaVideoProvider(new SynthesiaClient(endpoint, http, time), http, time);

    /// <summary>Lists one film.</summary>
    public async Task TestAsync(ProviderEndpoint endpoint, CancellationToken ct)
    {
        using var response = await new SynthesiaClient(endpoint, http, time).SendAsync(HttpMethod.Get, "/v2/videos?limit=1", null, ct);
        using var answer = await JsonAnswer.ReadAsync(response, ct);
    }
}
