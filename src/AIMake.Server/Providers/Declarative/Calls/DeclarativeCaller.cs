using System.Net.Http.Headers;
using System.Text.Json;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.Declarative.Calls;

/// <summary>Makes the calls a file describes: address, key, judgement of the answer, waiting for tasks. Tries everything once.</summary>
internal sealed class DeclarativeCaller(ProviderDescription description, ProviderEndpoint endpoint, OutboundHttp http, TimeProvider time)
{
    private const int LongestError = 64 * 1024;
    private static readonly OutboundLimits Json = new() { MaxBytes = 64L << 20 };
    private static readonly ProductInfoHeaderValue UserAgent = new("AIMake", typeof(DeclarativeCaller).Assembly.GetName().Version!.ToString(3));

    public string Provider => endpoint.Provider;

    /// <summary>Sends a request and hands on an answer whose status is good.</summary>
    public Task<OutboundResponse> SendAsync(RequestTemplate request, TemplateValues values, CancellationToken ct) =>
        SendAsync(request, values, OutboundLimits.Default, ct);

    private async Task<OutboundResponse> SendAsync(RequestTemplate request, TemplateValues values, OutboundLimits limits, CancellationToken ct)
    {
        using var message = request.Build(endpoint.BaseUrl, values);
        message.Headers.UserAgent.Add(UserAgent);
        AddHeaders(message);
        var response = await GuardAsync(() => http.SendAsync(message, limits, ct));
        if (response.Success) return response;
        using (response)
        {
            var fault = description.Rules.Judge(response.Status, await ErrorBodyAsync(response, ct))!;
            throw new ProviderException(fault with { RetryAfter = response.RetryAfter(time) });
        }
    }

    /// <summary>Sends a request and hands on a good answer in JSON.</summary>
    public async Task<JsonElement> AskAsync(RequestTemplate request, TemplateValues values, CancellationToken ct)
    {
        using var response = await SendAsync(request, values, Json, ct);
        var body = await JsonAsync(response, ct);
        return description.Rules.Judge(response.Status, body) is { } fault
            ? throw new ProviderException(fault with { RetryAfter = response.RetryAfter(time) })
            : body;
    }

    /// <summary>Makes a whole call: the request and, where the vendor works by tasks, the wait for its end.</summary>
    /// <returns>The answer that has the result.</returns>
    public async Task<JsonElement> RunAsync(CallDescription call, TemplateValues values, CancellationToken ct)
    {
        if (call.Poll is not { } poll) return await AskAsync(call.Request, values, ct);
        values["task"] = poll.TaskId(await PaidOrder.PlaceAsync(() => AskAsync(call.Request, values, ct)));
        var ended = await PaidOrder.WaitAsync(() => AskAsync(poll, values, ct), poll.Every, poll.AtMost, poll.Within, time, ct);
        if (ended.State == VideoTaskState.Failed) throw new ProviderException(description.Rules.JudgeFailed(ended.Answer));
        return poll.Result is { } result ? await PaidOrder.RedeemAsync(() => AskAsync(result, values, ct)) : ended.Answer;
    }

    /// <summary>The end of a task; null while there is none.</summary>
    private async Task<EndedTask?> AskAsync(PollDescription poll, TemplateValues values, CancellationToken ct)
    {
        var answer = await AskAsync(poll.Request, values, ct);
        return poll.StateOf(answer) is VideoTaskState.Succeeded or VideoTaskState.Failed ? new EndedTask(poll.StateOf(answer), answer) : null;
    }

    /// <summary>What an error inside a stream means. Once words have come it is a stream that broke, whatever it says.</summary>
    public ProviderFault JudgeEvent(JsonElement happened, bool begun) =>
        begun ? new(ProviderStage.Stream, ProviderParty.Provider, ProviderFaultKind.Interrupted, Retryable: true, Detail: "an error in mid-stream")
        : description.Rules.Errors.FirstOrDefault(error => error.Status is null && error.Fits(200, happened))?.Fault("an error in place of a stream, by rule")
        ?? new(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.Interrupted, Retryable: true, Detail: "an error in place of a stream");

    /// <summary>Follows a link to what was made. The key stays here: links lead to strangers.</summary>
    /// <exception cref="ProviderException">No link, or none that may be followed.</exception>
    public Task<Stream> FetchAsync(string link, CancellationToken ct) => FetchedStream.OpenAsync(http, LinkOf(link), time, ct);

    /// <summary>The same for a picture, whole.</summary>
    public Task<MediaOutput> ReadAsync(string link, CancellationToken ct) => MadeMedia.ReadAsync(http, LinkOf(link), time, ct);

    /// <exception cref="ProviderException">It is not an address.</exception>
    public Uri LinkOf(string link) =>
        Uri.TryCreate(endpoint.BaseUrl, link, out var url) && url.Scheme is "https" or "http" ? url : throw ProviderFaults.Invalid("a link that is none");

    private void AddHeaders(HttpRequestMessage message)
    {
        foreach (var (name, value) in description.Headers) message.Headers.Add(name, value);
        if (description.Key is not { } key || endpoint.Secret.Length == 0) return;
        if (!OutboundHeaders.IsSafe(endpoint.Secret)) throw ProviderFaults.From(new OutboundException(OutboundFailure.HeaderNotAllowed), begun: false);
        message.Headers.Add(key.Name, key.Prefix + endpoint.Secret);
    }

    private static async Task<JsonElement> ErrorBodyAsync(OutboundResponse response, CancellationToken ct)
    {
        try
        {
            return JsonElement.Parse(await response.ReadUpToAsync(LongestError, ct));
        }
        catch (Exception e) when (e is JsonException or OutboundException)
        {
            return default;
        }
    }

    private static Task<JsonElement> JsonAsync(OutboundResponse response, CancellationToken ct) => GuardAsync(async () =>
    {
        try
        {
            using var body = new MemoryStream();
            await response.Body.CopyToAsync(body, ct);
            return JsonElement.Parse(body.GetBuffer().AsSpan(0, (int)body.Length));
        }
        catch (JsonException)
        {
            throw ProviderFaults.Invalid("not JSON");
        }
    });

    private static async Task<T> GuardAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (OutboundException e)
        {
            throw ProviderFaults.From(e, begun: false);
        }
    }

    private sealed record EndedTask(VideoTaskState State, JsonElement Answer);
}
