using System.Text.Json;
using System.Text.Json.Nodes;
using AIMake.Simulator.Pictures;
using AIMake.Simulator.Sound;
using AIMake.Simulator.Tasks;

namespace AIMake.Simulator.Described;

/// <summary>
/// As much of four JSON services as the examples of declarative providers use: Deepgram under <c>/deepgram</c>, Replicate under
/// <c>/replicate</c>, Anthropic under <c>/anthropic</c>, and Lumen, which does not exist and does everything its own way, under <c>/lumen</c>.
/// </summary>
internal static class DescribedRoutes
{
    public static void MapDescribed(this IEndpointRouteBuilder routes)
    {
        Post("/deepgram/v1/speak", DeepgramKey, SpeakAsync);
        Post("/deepgram/v1/listen", DeepgramKey, ListenAsync);
        Get("/deepgram/v1/projects", DeepgramKey, call => call.WriteAsync(new JsonObject { ["projects"] = new JsonArray() }));
        Post("/replicate/v1/predictions", Bearer, PredictAsync);
        Get("/replicate/v1/predictions/{id}", Bearer, PredictionAsync);
        Post("/replicate/v1/predictions/{id}/cancel", Bearer, CancelAsync);
        Get("/replicate/v1/account", Bearer, call => call.WriteAsync(new JsonObject { ["type"] = "organization" }));
        Post("/anthropic/v1/messages", ApiKey, Messages.AnswerAsync);
        Get("/anthropic/v1/models", ApiKey, call => call.WriteAsync(new JsonObject { ["data"] = new JsonArray() }));
        Post("/lumen/v1/answers", ApiKey, Lumen.AnswerAsync);
        Post("/lumen/v1/vectors", ApiKey, Lumen.VectorsAsync);
        Post("/lumen/v1/pictures", ApiKey, Lumen.PictureAsync);
        Get("/lumen/v1/jobs/{id}", ApiKey, Lumen.JobAsync);
        Get("/lumen/v1/jobs/{id}/result", ApiKey, Lumen.ResultAsync);
        Get("/lumen/v1/me", ApiKey, call => call.WriteAsync(new JsonObject { ["ok"] = true }));

        void Get(string path, Func<HttpRequest, string?> key, Func<DescribedCall, Task> answer) => routes.MapGet(path, context => AnswerAsync(context, key, answer));
        void Post(string path, Func<HttpRequest, string?> key, Func<DescribedCall, Task> answer) => routes.MapPost(path, context => AnswerAsync(context, key, answer));
    }

    private static Task AnswerAsync(HttpContext context, Func<HttpRequest, string?> keyOf, Func<DescribedCall, Task> answer)
    {
        var key = keyOf(context.Request);
        return VendorCall.AnswerAsync(context, key, async (booked, faults) =>
        {
            var call = new DescribedCall(context, booked, faults, key ?? "");
            if (faults.Throttle?.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (key is null || key.Contains("nobody", StringComparison.Ordinal)) await call.RefuseAsync(401, "INVALID_AUTH");
            else if (faults.Throttle is not null) await call.RefuseAsync(429, "TOO_MANY_REQUESTS");
            else if (faults.FailStatus is { } status) await call.RefuseAsync(status, faults.FailCode ?? "REFUSED");
            else await answer(call);
        });
    }

    private static async Task SpeakAsync(DescribedCall call)
    {
        var text = (string?)(await call.ReadAsync())?["text"];
        if (string.IsNullOrEmpty(text)) await call.RefuseAsync(400, "PAYLOAD_ERROR");
        else if (call.Query("encoding") != "linear16" || call.Query("container") != "none") await call.RefuseAsync(400, "UNSUPPORTED_AUDIO_FORMAT");
        else
        {
            call.Booked.Voice = call.Query("model");
            call.Booked.Characters = text.EnumerateRunes().Count();
            call.Context.Response.ContentType = "audio/l16";
            var sound = call.Service<SoundMaker>().MakeAsync(new SoundRequest(text, "alloy", 1, "pcm"), VendorCall.PieceOf(call.Faults), call.Context.RequestAborted);
            await VendorCall.SendAsync(call.Context, call.Booked, call.Faults, sound);
        }
    }

    /// <summary>Hears how long the sound is, and its own words.</summary>
    private static async Task ListenAsync(DescribedCall call)
    {
        var bytes = await VendorCall.ReadBodyAsync(call.Context, call.Booked);
        call.Booked.Body = $"{call.Context.Request.ContentType} {bytes.Length}";
        if (bytes.Length == 0)
        {
            await call.RefuseAsync(400, "Bad Request");
            return;
        }
        var heard = JsonNode.Parse("""
            {"metadata":{"duration":1.5,"channels":1},"results":{
              "channels":[{"alternatives":[{"transcript":"Good morning.","confidence":0.99,
                "words":[{"word":"good","start":0.1,"end":0.5},{"word":"morning","start":0.5,"end":1.2}]}]}],
              "utterances":[{"start":0.1,"end":1.2,"transcript":"Good morning."}]}}
            """)!;
        heard["results"]!["channels"]![0]!["detected_language"] = call.Query("language") ?? "en";
        await call.WriteAsync(heard);
    }

    private static async Task PredictAsync(DescribedCall call)
    {
        if (await call.ReadAsync() is not { } body || (string?)body["version"] is not { } model || !model.Contains('/') || body["input"] is not JsonObject input || (string?)input["prompt"] is not { } prompt)
        {
            await call.RefuseAsync(422, "Input validation failed");
            return;
        }
        call.Booked.Model = model;
        var task = call.Service<TaskShelf>().Add(new SimulatedTask(Guid.NewGuid().ToString("N")[..26], call.Key, prompt, call.Now)
        {
            Model = model, IsClip = model.Contains("video", StringComparison.Ordinal), Ratio = (string?)input["aspect_ratio"] ?? "16:9", Count = (int?)input["num_outputs"] ?? 1, Seconds = 1,
        });
        call.Context.Response.StatusCode = StatusCodes.Status201Created;
        await call.WriteAsync(Prediction(call, task));
    }

    private static async Task PredictionAsync(DescribedCall call)
    {
        if (call.Task is not { } task)
        {
            await call.RefuseAsync(404, "Prediction not found");
            return;
        }
        task.Ask();
        await call.WriteAsync(Prediction(call, task));
    }

    private static async Task CancelAsync(DescribedCall call)
    {
        if (call.Task is not { } task)
        {
            await call.RefuseAsync(404, "Prediction not found");
            return;
        }
        task.Canceled = true;
        await call.WriteAsync(Prediction(call, task));
    }

    private static JsonObject Prediction(DescribedCall call, SimulatedTask task)
    {
        var status = task.Canceled ? "canceled" : task.Asked <= 1 ? "starting" : !task.Over ? "processing" : task.Failure is null ? "succeeded" : "failed";
        JsonNode? output = status != "succeeded" ? null
            : task.IsClip ? MadeFiles.LinkTo(call.Context, task, "0.mp4")
            : new JsonArray([.. Enumerable.Range(0, task.Count).Select(i => (JsonNode?)MadeFiles.LinkTo(call.Context, task, $"{i}.png"))]);
        var said = $"You said: {task.Words}".Split(' ');
        var talks = status == "succeeded" && task.Model.Contains("llama", StringComparison.Ordinal);
        return new JsonObject
        {
            ["id"] = task.Id, ["model"] = task.Model, ["status"] = status, ["error"] = status == "failed" ? task.Failure : null,
            ["output"] = talks ? new JsonArray([.. said.Select((word, i) => (JsonNode?)(i == 0 ? word : $" {word}"))]) : output,
            ["metrics"] = talks ? new JsonObject { ["input_token_count"] = 5, ["output_token_count"] = said.Length } : null,
        };
    }

    private static string? Bearer(HttpRequest request) => Behind(request.Headers.Authorization.ToString(), "Bearer ");

    private static string? DeepgramKey(HttpRequest request) => Behind(request.Headers.Authorization.ToString(), "Token ");

    private static string? ApiKey(HttpRequest request) => request.Headers["x-api-key"].ToString() is { Length: > 0 } key ? key : null;

    private static string? Behind(string value, string scheme) => value.StartsWith(scheme, StringComparison.Ordinal) && value.Length > scheme.Length ? value[scheme.Length..] : null;
}

/// <summary>One call to a described service.</summary>
internal sealed record DescribedCall(HttpContext Context, BookedCall Booked, FaultSetting Faults, string Key)
{
    public DateTimeOffset Now => Service<TimeProvider>().GetUtcNow();

    /// <summary>The task its address names, if it is the caller's.</summary>
    public SimulatedTask? Task => Service<TaskShelf>().Find((string?)Context.Request.RouteValues["id"], Key);

    public T Service<T>() where T : notnull => Context.RequestServices.GetRequiredService<T>();

    public string? Query(string name) => Context.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>The body as an object; null when it is none.</summary>
    public async Task<JsonObject?> ReadAsync()
    {
        try
        {
            return JsonNode.Parse(await VendorCall.ReadBodyAsync(Context, Booked)) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public Task WriteAsync(JsonNode answer)
    {
        Context.Response.ContentType = "application/json";
        return Context.Response.WriteAsync(answer.ToJsonString(), Context.RequestAborted);
    }

    public Task RefuseAsync(int status, string code)
    {
        Context.Response.StatusCode = status;
        return WriteAsync(new JsonObject { ["err_code"] = code, ["detail"] = code, ["problem"] = code });
    }
}
