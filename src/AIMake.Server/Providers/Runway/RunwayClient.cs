using System.Net.Http.Headers;
using System.Text.Json;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.Runway;

/// <summary>Calls Runway's API with one key, in the version of 2024-11-06, which is its newest.</summary>
internal sealed class RunwayClient(ProviderEndpoint endpoint, OutboundHttp http, TimeProvider time)
{
    public const string Version = "2024-11-06";

    private static readonly OutboundLimits Json = new() { MaxBytes = 1 << 20 };

    /// <summary>Sends a request and hands on a good answer as an object.</summary>
    /// <param name="body">JSON, or null for none.</param>
    public async Task<JsonElement> AskAsync(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        using var response = await SendAsync(method, path, body, ct);
        using var answer = await JsonAnswer.ReadAsync(response, ct);
        return answer.RootElement.Clone();
    }

    /// <summary>Sends a request and hands on a good answer.</summary>
    public async Task<OutboundResponse> SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(method, endpoint.BaseUrl.AbsoluteUri.TrimEnd('/') + path);
        if (body is not null)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        message.Headers.AddKey("Authorization", $"Bearer {endpoint.Secret}");
        message.Headers.Add("X-Runway-Version", Version);
        var response = await http.CallAsync(message, Json, ct);
        if (response.Success) return response;
        using (response) throw await RunwayFaults.FromAsync(response, time, ct);
    }

    /// <summary>Sends a file to a place Runway named. No key goes along: the place is a store of files.</summary>
    public async Task UploadAsync(Uri place, MultipartFormDataContent form, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, place) { Content = form };
        using var response = await http.CallAsync(message, Json, ct);
        if (!response.Success) throw new ProviderException(StatusFault.Of(response.Status) with { Kind = ProviderFaultKind.Lost, Detail = $"upload answered {response.Status}" }); // the place, not the key
    }

    /// <summary>Opens a link to what was made.</summary>
    public Task<Stream> FetchAsync(Uri link, CancellationToken ct) => FetchedStream.OpenAsync(http, link, time, ct);
}
