using System.Globalization;

namespace AIMake.Simulator.OpenAi;

/// <summary>The OpenAI routes, and what all their answers have in common.</summary>
internal static class OpenAiRoutes
{
    public static void MapOpenAi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", context => AnswerAsync(context, audio: false, (_, _) =>
            context.Response.WriteAsJsonAsync(new { @object = "list", data = OpenAiModels.All.Select(OpenAiModels.Describe) })));
        routes.MapGet("/v1/models/{model}", context => AnswerAsync(context, audio: false, (_, _) =>
        {
            var id = (string)context.Request.RouteValues["model"]!;
            return OpenAiModels.Find(id) is { } model
                ? context.Response.WriteAsJsonAsync(OpenAiModels.Describe(model))
                : OpenAiErrors.WriteAsync(context, OpenAiErrors.UnknownModel(id), audio: false);
        }));
        routes.MapPost("/v1/audio/speech", context => AnswerAsync(context, audio: true, (call, faults) => SpeechEndpoint.AnswerAsync(context, call, faults)));
    }

    /// <summary>Books the call, checks the key before anything else, applies the switches that come before an answer, then answers.</summary>
    private static async Task AnswerAsync(HttpContext context, bool audio, Func<BookedCall, FaultSetting, Task> answer)
    {
        var services = context.RequestServices;
        var key = Bearer(context.Request);
        var call = services.GetRequiredService<CallBook>().Open(context.Request.Method, context.Request.Path, key);
        call.RequestId = $"req_{Guid.NewGuid():N}";
        AddHeaders(context.Response, call.RequestId, rateLimits: audio);
        context.Response.OnStarting(() =>
        {
            call.Status = context.Response.StatusCode;
            return Task.CompletedTask;
        });
        try
        {
            var faults = services.GetRequiredService<FaultSwitches>().Take(key);
            if (faults.FirstByteMs is { } wait) await Task.Delay(wait, context.RequestAborted);
            if (await RefuseAsync(context, key, faults, audio)) return;
            await answer(call, faults);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await OpenAiErrors.WriteAsync(context, OpenAiErrors.TooLarge(context.Request.ContentLength ?? 0), audio);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            if (call.End == CallEnd.Running) call.End = CallEnd.CallerGone;
        }
        finally
        {
            if (call.End == CallEnd.Running) call.End = CallEnd.Completed;
        }
    }

    private static async Task<bool> RefuseAsync(HttpContext context, string? key, FaultSetting faults, bool audio)
    {
        var error = key is null ? OpenAiErrors.NoKey()
            : !key.StartsWith("sk-", StringComparison.Ordinal) ? OpenAiErrors.WrongKey(key)
            : faults.Throttle is not null ? OpenAiErrors.Throttled("tts-1")
            : faults.FailStatus is { } status ? OpenAiErrors.Switched(status, faults.FailCode)
            : null;
        if (faults.Throttle?.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (error is not null)
        {
            await OpenAiErrors.WriteAsync(context, error, audio);
            return true;
        }
        switch (faults.Malformed)
        {
            case "html":
                context.Response.StatusCode = StatusCodes.Status502BadGateway;
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<html><body><h1>502 Bad Gateway</h1></body></html>");
                return true;
            case "redirect":
                context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
                context.Response.Headers.Location = "http://127.0.0.1:9/elsewhere";
                return true;
            default:
                return false;
        }
    }

    private static void AddHeaders(HttpResponse response, string requestId, bool rateLimits)
    {
        var headers = response.Headers;
        headers["x-request-id"] = requestId;
        headers["openai-version"] = "2020-10-01";
        headers["openai-organization"] = "org-simulated";
        headers["openai-processing-ms"] = "12";
        if (!rateLimits) return;
        headers["x-ratelimit-limit-requests"] = "30000";
        headers["x-ratelimit-limit-tokens"] = "150000000";
        headers["x-ratelimit-remaining-requests"] = "29999";
        headers["x-ratelimit-remaining-tokens"] = "149999992";
        headers["x-ratelimit-reset-requests"] = "2ms";
        headers["x-ratelimit-reset-tokens"] = "0s";
    }

    private static string? Bearer(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var value = request.Headers.Authorization.ToString();
        return value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && value.Length > scheme.Length ? value[scheme.Length..].Trim() : null;
    }
}
