using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.OpenAi;

/// <summary>The OpenAI routes at every address they are found under, and what all their answers have in common.</summary>
internal static class OpenAiRoutes
{
    public static void MapOpenAi(this IEndpointRouteBuilder routes)
    {
        foreach (var (prefix, profile) in Profile.ByPrefix) routes.MapAt(prefix, profile);
        routes.MapGet("/localai/generated-images/{name}", context => AnswerAsync(context, Profile.LocalAi, false, ImagesEndpoint.LinkedAsync));
        routes.MapGet("/ollama", () => "Ollama is running");
        routes.MapGet("/ollama/api/tags", context => AnswerAsync(context, Profile.Ollama, false, call => call.WriteAsync(OllamaModels.Tags())));
    }

    private static void MapAt(this IEndpointRouteBuilder routes, string prefix, Profile profile)
    {
        Get("/models", call => call.WriteAsync(Models(profile)));
        Get("/models/{model}", call =>
        {
            var id = (string)call.Context.Request.RouteValues["model"]!;
            return Models(profile)["data"]!.AsArray().FirstOrDefault(model => (string)model!["id"]! == id) is { } found
                ? call.WriteAsync(found)
                : call.RefuseAsync(OpenAiErrors.UnknownModel(id));
        });
        Post("/chat/completions", ChatEndpoint.AnswerAsync, limits: Limits.All);
        Post("/embeddings", EmbeddingsEndpoint.AnswerAsync, limits: Limits.All);
        Post("/audio/transcriptions", TranscriptionsEndpoint.AnswerAsync, audio: true, limits: Limits.Requests);
        if (profile.Responses)
        {
            Post("/responses", ResponsesEndpoint.AnswerAsync, limits: Limits.All);
            Get("/responses/{id}", call => ResponsesEndpoint.FindAsync(call, (string)call.Context.Request.RouteValues["id"]!));
            routes.MapDelete($"{prefix}/responses/{{id}}", context => AnswerAsync(context, profile, false, call => ResponsesEndpoint.DeleteAsync(call, (string)context.Request.RouteValues["id"]!)));
        }
        if (profile.Media)
        {
            Post("/audio/speech", SpeechEndpoint.AnswerAsync, audio: true, limits: Limits.All);
            Post("/images/generations", ImagesEndpoint.GenerateAsync);
            if (!profile.OwnMedia) Post("/images/edits", ImagesEndpoint.EditAsync);
        }

        void Get(string path, Func<OpenAiCall, Task> answer) => routes.MapGet(prefix + path, context => AnswerAsync(context, profile, false, answer));
        void Post(string path, Func<OpenAiCall, Task> answer, bool audio = false, Limits limits = Limits.None) =>
            routes.MapPost(prefix + path, context => AnswerAsync(context, profile, audio, answer, limits));
    }

    private static JsonObject Models(Profile profile) => new()
    {
        ["object"] = "list",
        ["data"] = profile.Hosted
            ? new JsonArray([.. OpenAiModels.All.Select(model => System.Text.Json.JsonSerializer.SerializeToNode(OpenAiModels.Describe(model)))])
            : OllamaModels.List(),
    };

    /// <summary>Books the call, checks the key before anything else, applies the switches that come before an answer, then answers.</summary>
    private static async Task AnswerAsync(HttpContext context, Profile profile, bool audio, Func<OpenAiCall, Task> answer, Limits limits = Limits.None)
    {
        var services = context.RequestServices;
        var key = Key(context.Request, profile);
        var booked = services.GetRequiredService<CallBook>().Open(context.Request.Method, context.Request.Path, key);
        booked.RequestId = $"req_{Guid.NewGuid():N}";
        AddHeaders(context.Response, profile, booked.RequestId, limits);
        context.Response.OnStarting(() =>
        {
            booked.Status = context.Response.StatusCode;
            return Task.CompletedTask;
        });
        var call = new OpenAiCall(context, booked, services.GetRequiredService<FaultSwitches>().Take(key, context.Request.Path), profile, audio);
        try
        {
            if (call.Faults.FirstByteMs is { } wait) await Task.Delay(wait, call.Ct);
            if (!await RefuseAsync(call, key)) await answer(call);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await call.RefuseAsync(OpenAiErrors.TooLarge(context.Request.ContentLength ?? 0));
        }
        catch (AnswerEndsException)
        {
            // A switch wanted it to stop here.
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            if (booked.End == CallEnd.Running) booked.End = CallEnd.CallerGone;
        }
        finally
        {
            if (booked.End == CallEnd.Running) booked.End = CallEnd.Completed;
        }
    }

    private static async Task<bool> RefuseAsync(OpenAiCall call, string? key)
    {
        var faults = call.Faults;
        if (faults.Throttle?.RetryAfter is { } seconds) call.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var error = WrongKey(key, call.Profile)
            ?? (faults.Throttle is not null ? OpenAiErrors.Throttled("tts-1") : faults.FailStatus is { } status ? OpenAiErrors.Switched(status, faults.FailCode) : null);
        if (error is not null)
        {
            if (error.Status == 401 && call.Context.Request.Path.Value!.Contains("/images/", StringComparison.Ordinal)) call.Response.Headers.WWWAuthenticate = "Bearer realm=\"OpenAI API\"";
            await call.RefuseAsync(error);
            return true;
        }
        switch (faults.Malformed)
        {
            case "html":
                call.Response.StatusCode = StatusCodes.Status502BadGateway;
                call.Response.ContentType = "text/html";
                await call.Response.WriteAsync("<html><body><h1>502 Bad Gateway</h1></body></html>");
                return true;
            case "redirect":
                call.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
                call.Response.Headers.Location = "http://127.0.0.1:9/elsewhere";
                return true;
            case "gzipBomb":
                await BombAsync(call);
                return true;
            default:
                return false;
        }
    }

    private static OpenAiError? WrongKey(string? key, Profile profile) => profile.Key switch
    {
        KeyRule.None => null,
        _ when key is null => OpenAiErrors.NoKey(),
        KeyRule.Bearer when !key.StartsWith("sk-", StringComparison.Ordinal) => OpenAiErrors.WrongKey(key),
        _ when key.Contains("wrong", StringComparison.Ordinal) => OpenAiErrors.WrongKey(key),
        _ => null,
    };

    /// <summary>A megabyte on the wire, a gigabyte unpacked.</summary>
    private static async Task BombAsync(OpenAiCall call)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(new byte[16 << 20]);
        call.Response.ContentType = "application/json";
        call.Response.Headers.ContentEncoding = "gzip";
        for (var i = 0; i < 64; i++) await call.Response.Body.WriteAsync(packed.ToArray(), call.Ct);
    }

    private static void AddHeaders(HttpResponse response, Profile profile, string requestId, Limits limits)
    {
        var headers = response.Headers;
        if (!profile.Hosted) return; // the servers people run themselves send none of these
        headers["x-request-id"] = requestId;
        headers["openai-version"] = "2020-10-01";
        headers["openai-organization"] = "org-simulated";
        headers["openai-processing-ms"] = "12";
        if (limits == Limits.None) return;
        headers["x-ratelimit-limit-requests"] = "30000";
        headers["x-ratelimit-remaining-requests"] = "29999";
        headers["x-ratelimit-reset-requests"] = "2ms";
        if (limits == Limits.Requests) return;
        headers["x-ratelimit-limit-tokens"] = "150000000";
        headers["x-ratelimit-remaining-tokens"] = "149999992";
        headers["x-ratelimit-reset-tokens"] = "0s";
    }

    private static string? Key(HttpRequest request, Profile profile)
    {
        const string scheme = "Bearer ";
        if (profile.Key == KeyRule.ApiKeyHeader && request.Headers["api-key"].ToString() is { Length: > 0 } key) return key;
        var value = request.Headers.Authorization.ToString();
        return value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && value.Length > scheme.Length ? value[scheme.Length..].Trim() : null;
    }

    /// <summary>Which rate limits an endpoint tells of.</summary>
    private enum Limits
    {
        None,
        Requests,
        All,
    }
}
