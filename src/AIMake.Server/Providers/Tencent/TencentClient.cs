using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.Tencent;

/// <summary>
/// Asks Tencent Cloud's text to speech, version 2019-08-23. Every operation is a signed POST to the same path, named by a header;
/// errors come with status 200, inside the answer.
/// </summary>
internal sealed class TencentClient(ProviderEndpoint endpoint, OutboundHttp http, TimeProvider time)
{
    public const string DefaultBaseUrl = "https://tts.tencentcloudapi.com";

    /// <summary>Name in <see cref="ProviderEndpoint.Settings"/>: the region, e.g. <c>ap-guangzhou</c>; sent when given.</summary>
    public const string RegionSetting = "Region";

    private const string Service = "tts";
    private const string Version = "2019-08-23";
    private const string ContentType = "application/json";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public ProviderEndpoint Endpoint => endpoint;

    /// <summary>Calls an operation.</summary>
    /// <param name="write">Writes the members of the body.</param>
    /// <returns>The answer; read it through <see cref="Result"/>.</returns>
    /// <exception cref="ProviderException">No answer, or an error inside it.</exception>
    public async Task<JsonDocument> CallAsync(string action, Action<Utf8JsonWriter> write, OutboundLimits limits, CancellationToken ct)
    {
        using var message = Request(action, Body(write));
        using var response = await http.CallAsync(message, limits, ct);
        if (!response.Success) throw TencentFaults.FromStatus(response, time);
        var answer = await JsonAnswer.ReadAsync(response, ct);
        try
        {
            TencentFaults.ThrowIfRefused(Result(answer));
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    /// <exception cref="ProviderException">The answer is not in the vendor's envelope.</exception>
    public static JsonElement Result(JsonDocument answer)
    {
        var result = answer.RootElement.Member("Response");
        return result.ValueKind == JsonValueKind.Object ? result : throw ProviderFaults.Invalid("no Response in the answer");
    }

    private static byte[] Body(Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body, Plain))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return body.WrittenSpan.ToArray();
    }

    /// <summary>Signed anew for every call: a signature is bound to its body and its minute.</summary>
    private HttpRequestMessage Request(string action, byte[] body)
    {
        var address = new Uri(endpoint.BaseUrl.AbsoluteUri.TrimEnd('/') + "/");
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        message.Headers.Add("X-TC-Action", action);
        message.Headers.Add("X-TC-Version", Version);
        message.Headers.Add("X-TC-Timestamp", now.ToString(CultureInfo.InvariantCulture));
        if (Region() is { } region) message.Headers.Add("X-TC-Region", region);
        message.Headers.Authorization = Authorization(TencentSignature.Sign(
            endpoint.SecretId, endpoint.Secret, Service, address.IdnHost, address.AbsolutePath, ContentType, body, now));
        return message;
    }

    private string? Region()
    {
        if (endpoint.Settings.GetValueOrDefault(RegionSetting) is not { Length: > 0 } region) return null;
        return region.All(c => char.IsAsciiLetterOrDigit(c) || c is '-')
            ? region
            : throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Rejected, Retryable: false, Detail: "the region has characters that cannot be sent"));
    }

    private static AuthenticationHeaderValue Authorization(string signature) =>
        OutboundHeaders.IsSafe(signature)
            ? new AuthenticationHeaderValue(TencentSignature.Scheme, signature)
            : throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Unauthorized, Retryable: false, Detail: "the SecretId has characters that cannot be sent"));
}
