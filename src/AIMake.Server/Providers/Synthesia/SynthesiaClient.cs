using System.Net.Http.Headers;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.Synthesia;

/// <summary>Asks Synthesia's API v2. The key stands in <c>Authorization</c> as it is, without a scheme.</summary>
internal sealed class SynthesiaClient(ProviderEndpoint endpoint, OutboundHttp http, TimeProvider time)
{
    public const string DefaultBaseUrl = "https://api.synthesia.io";

    private static readonly OutboundLimits Limits = new() { MaxBytes = 4 << 20 };

    public ProviderEndpoint Endpoint => endpoint;

    /// <param name="path">Behind the base address, from <c>/v2</c> on.</param>
    /// <exception cref="ProviderException">No answer, or a refusal.</exception>
    public async Task<OutboundResponse> SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(method, endpoint.BaseUrl.AbsoluteUri.TrimEnd('/') + path);
        message.Headers.AddKey("Authorization", endpoint.Secret);
        if (body is not null)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        var response = await http.CallAsync(message, Limits, ct);
        if (response.Success) return response;
        using (response) throw SynthesiaFaults.From(response, time);
    }
}
