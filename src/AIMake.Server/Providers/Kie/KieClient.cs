using System.Net.Http.Headers;
using System.Text.Json;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.Kie;

/// <summary>
/// Calls kie.ai with one key. Every answer is an envelope of <c>code</c>, <c>msg</c> and <c>data</c>, and the status is 200 whatever
/// the code says; a real status, a page of HTML from something in between, and a missing code are understood all the same.
/// </summary>
internal sealed class KieClient(ProviderEndpoint endpoint, OutboundHttp http, TimeProvider time)
{
    /// <summary>Name in <see cref="ProviderEndpoint.Settings"/>: where pictures are uploaded to.</summary>
    public const string UploadSetting = "UploadUrl";

    private const string DefaultUploadUrl = "https://kieai.redpandaai.co";
    private static readonly OutboundLimits Json = new() { MaxBytes = 1 << 20 };

    /// <returns><c>data</c> of a good answer; of any kind.</returns>
    public Task<JsonElement> AskAsync(HttpMethod method, string path, byte[]? body, CancellationToken ct) => AskAsync(endpoint.BaseUrl, method, path, body, ct);

    /// <summary>The same at the host for uploads.</summary>
    public Task<JsonElement> UploadAsync(string path, byte[] body, CancellationToken ct) =>
        AskAsync(new Uri(endpoint.Settings.GetValueOrDefault(UploadSetting) ?? DefaultUploadUrl), HttpMethod.Post, path, body, ct);

    /// <summary>Opens a link to what was made.</summary>
    public Task<Stream> FetchAsync(Uri link, CancellationToken ct) => FetchedStream.OpenAsync(http, link, time, ct);

    private async Task<JsonElement> AskAsync(Uri host, HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(method, host.AbsoluteUri.TrimEnd('/') + path);
        message.Headers.AddKey("Authorization", $"Bearer {endpoint.Secret}");
        if (body is not null)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        using var response = await http.CallAsync(message, Json, ct);
        using var answer = response.Success ? await JsonAnswer.ReadAsync(response, ct) : await JsonAnswer.ReadErrorAsync(response, ct);
        var code = answer?.RootElement.Whole("code") ?? (response.Success ? throw ProviderFaults.Invalid("an answer without a code") : response.Status);
        if (response.Success && code == 200) return answer!.RootElement.TryGetProperty("data", out var data) ? data.Clone() : default;
        var fault = KieFaults.Of(response.Success || code != 200 ? code : response.Status, answer?.RootElement.Text("msg"));
        throw new ProviderException(fault with { RetryAfter = response.RetryAfter(time) ?? fault.RetryAfter });
    }
}
