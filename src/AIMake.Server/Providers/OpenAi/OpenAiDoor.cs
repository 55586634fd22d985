using System.Net.Http.Headers;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.OpenAi;

/// <summary>Addresses one server that speaks OpenAI's API, with its key, and turns its refusals into faults.</summary>
internal sealed class OpenAiDoor(ProviderEndpoint endpoint, OpenAiOptions options, OutboundHttp http, TimeProvider time) : IOpenAiPassage
{
    private static readonly ProductInfoHeaderValue UserAgent = new("AIMake", typeof(OpenAiDoor).Assembly.GetName().Version!.ToString(3));

    /// <summary>A picture takes its time, and a model on somebody's own machine is loaded first.</summary>
    private static readonly TimeSpan LongFirstByte = TimeSpan.FromMinutes(5);

    /// <summary>What Azure addresses by deployment; everything else lies beside.</summary>
    private static readonly string[] OfDeployments =
        ["chat/completions", "completions", "embeddings", "audio/speech", "audio/transcriptions", "audio/translations", "images/generations", "images/edits"];

    public ProviderEndpoint Endpoint => endpoint;

    public OpenAiOptions Options => options;

    public bool IsCompatible => options.Profile == "compatible";

    /// <summary>For answers that begin late.</summary>
    public OutboundLimits Patient => new() { FirstByte = LongFirstByte };

    /// <summary>For answers whose first word should come soon, unless the server loads its models then.</summary>
    public OutboundLimits Usual => IsCompatible ? Patient : OutboundLimits.Default;

    public HttpRequestMessage Request(HttpMethod method, string path, string model)
    {
        var request = new HttpRequestMessage(method, Address(path, model));
        request.Headers.UserAgent.Add(UserAgent);
        if (endpoint.Secret.Length > 0)
        {
            if (options.Profile == "azure") request.Headers.Add("api-key", endpoint.Secret);
            else request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", endpoint.Secret);
        }
        if (options.Organization is { Length: > 0 } organization) request.Headers.Add("OpenAI-Organization", organization);
        if (options.Project is { Length: > 0 } project) request.Headers.Add("OpenAI-Project", project);
        return request;
    }

    public Task<OutboundResponse> SendJsonAsync(string path, string model, byte[] body, OutboundLimits limits, CancellationToken ct)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return SendAsync(HttpMethod.Post, path, model, content, limits, ct);
    }

    /// <summary>Sends a request and returns an answer of status 2xx.</summary>
    /// <exception cref="ProviderException">There was none.</exception>
    public async Task<OutboundResponse> SendAsync(HttpMethod method, string path, string model, HttpContent? content, OutboundLimits limits, CancellationToken ct)
    {
        using var request = Request(method, path, model);
        request.Content = content;
        OutboundResponse response;
        try
        {
            response = await http.SendAsync(request, limits, ct);
        }
        catch (OutboundException e)
        {
            throw ProviderFaults.From(e, begun: false);
        }
        if (response.Success) return response;
        using (response) throw await OpenAiFaults.FromAsync(response, time, ct);
    }

    private Uri Address(string path, string model)
    {
        var root = endpoint.BaseUrl.AbsoluteUri.TrimEnd('/');
        if (options.ApiVersion is not { Length: > 0 } version) return new Uri($"{root}/{path}");
        var place = OfDeployments.Contains(path) ? $"deployments/{Uri.EscapeDataString(model)}/" : "";
        return new Uri($"{root}/openai/{place}{path}?api-version={version}");
    }
}
