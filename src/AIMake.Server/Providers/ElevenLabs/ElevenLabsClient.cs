using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.ElevenLabs;

/// <summary>Asks ElevenLabs' HTTP API, with the key in <c>xi-api-key</c>, and tells its refusals in our words.</summary>
internal sealed class ElevenLabsClient(ProviderEndpoint endpoint, OutboundHttp http, TimeProvider time)
{
    public const string DefaultBaseUrl = "https://api.elevenlabs.io";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public ProviderEndpoint Endpoint => endpoint;

    /// <param name="path">Behind the base address, with its query, from <c>/v1</c> on.</param>
    public Task<OutboundResponse> GetAsync(string path, OutboundLimits limits, CancellationToken ct) => SendAsync(HttpMethod.Get, path, null, limits, ct);

    /// <param name="write">Writes the members of the body.</param>
    public Task<OutboundResponse> PostAsync(string path, Action<Utf8JsonWriter> write, OutboundLimits limits, CancellationToken ct)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body, Plain))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return SendAsync(HttpMethod.Post, path, body.WrittenSpan.ToArray(), limits, ct);
    }

    /// <summary>An id on its way into a path; what is not one never leaves.</summary>
    /// <exception cref="ProviderException">It has other characters than ids have.</exception>
    public static string Id(string id) =>
        id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? id
            : throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Caller, ProviderFaultKind.Rejected, Retryable: false, Detail: "not an id"));

    private async Task<OutboundResponse> SendAsync(HttpMethod method, string path, byte[]? body, OutboundLimits limits, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(method, endpoint.BaseUrl.AbsoluteUri.TrimEnd('/') + path);
        message.Headers.AddKey("xi-api-key", endpoint.Secret);
        if (body is not null)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        var response = await http.CallAsync(message, limits, ct);
        if (response.Success) return response;
        using (response) throw await ElevenLabsFaults.FromAsync(response, time, ct);
    }
}
