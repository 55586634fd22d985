using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AIMake.Simulator.Tasks;

namespace AIMake.Simulator.Kie;

/// <summary>
/// kie.ai under <c>/kie</c>, its host for uploads under <c>/kie-files</c>. The status is 200 whatever the code says, unless a switch's
/// <c>failCode</c> is <c>status</c>. In a prompt, <c>[fail:CODE]</c> makes the task fail, <c>[text]</c> writes the links as text,
/// <c>[twice]</c> sends the notice twice, <c>[signed]</c> signs it.
/// </summary>
internal static class KieRoutes
{
    private const string Root = "/kie/api/v1";
    private const int OrdersInTenSeconds = 20;
    private const int AsksUntilFine = 2;

    public static void MapKie(this IEndpointRouteBuilder routes)
    {
        routes.MapPost($"{Root}/veo/generate", context => AnswerAsync(context, (key, call) => GenerateAsync(context, key, call)));
        routes.MapGet($"{Root}/veo/record-info", context => AnswerAsync(context, (key, _) => RecordAsync(context, key)));
        routes.MapGet($"{Root}/veo/get-1080p-video", context => AnswerAsync(context, (key, _) => FineAsync(context, key)));
        routes.MapGet($"{Root}/chat/credit", context => AnswerAsync(context, (_, _) => WriteAsync(context, 200, "success", 738.5)));
        routes.MapPost($"{Root}/common/download-url", context => AnswerAsync(context, (key, call) => FreshLinkAsync(context, key, call)));
        routes.MapPost("/kie-files/api/file-base64-upload", context => AnswerAsync(context, (key, call) => UploadAsync(context, key, call)));
    }

    private static Task AnswerAsync(HttpContext context, Func<string, BookedCall, Task> answer)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var key = header.StartsWith("Bearer ", StringComparison.Ordinal) ? header["Bearer ".Length..] : null;
        return VendorCall.AnswerAsync(context, key, async (call, faults) =>
        {
            if (key is null || key.Contains("nobody", StringComparison.Ordinal)) await WriteAsync(context, 401, "You do not have access permissions");
            else if (faults.Throttle is not null) await WriteAsync(context, 429, "Your call frequency is too high");
            else if (faults.FailStatus is { } code)
            {
                if (faults.FailCode == "status") context.Response.StatusCode = code;
                await WriteAsync(context, code, faults.FailCode ?? "Refused");
            }
            else await answer(key, call);
        });
    }

    private static async Task GenerateAsync(HttpContext context, string key, BookedCall call)
    {
        var body = await ReadAsync(context, call);
        var (code, why) = Refusal(context, key, body);
        if (code != 200)
        {
            await WriteAsync(context, code, why);
            return;
        }
        call.Model = (string?)body!["model"] ?? "veo3_fast";
        var prompt = (string)body["prompt"]!;
        call.Characters = prompt.EnumerateRunes().Count();
        var task = Shelf(context).Add(new SimulatedTask($"veo_task_{Guid.NewGuid():N}", key, prompt, Now(context))
        {
            Model = call.Model, Ratio = (string?)body["aspect_ratio"] ?? "16:9", Seconds = (int?)body["duration"] ?? 8, Order = body,
        });
        await WriteAsync(context, 200, "success", new JsonObject { ["taskId"] = task.Id });
    }

    private static (int Code, string Why) Refusal(HttpContext context, string key, JsonObject? body)
    {
        if (Text(body, "prompt") is not { Length: > 0 }) return (422, "prompt is required");
        if (body!["model"] is { } model && model.ToString() is not ("veo3" or "veo3_fast" or "veo3_lite")) return (422, "Model error");
        if (body["aspect_ratio"] is { } ratio && ratio.ToString() is not ("16:9" or "9:16" or "Auto")) return (422, "Ratio error");
        if (body["resolution"] is { } resolution && resolution.ToString() is not ("720p" or "1080p" or "4k")) return (422, "Resolution error");
        if (body["duration"] is { } duration && duration.ToJsonString() is not ("4" or "6" or "8")) return (422, "Duration error");
        if (body["imageUrls"] is JsonArray images && !images.All(image => Shelf(context).OwnerOf(image!.ToString()) is not null)) return (451, "Failed to fetch the image");
        return Shelf(context).OrdersSince(key, Now(context).AddSeconds(-10)) >= OrdersInTenSeconds ? (429, "Your call frequency is too high") : (200, "");
    }

    private static async Task RecordAsync(HttpContext context, string key)
    {
        if (Shelf(context).Find(context.Request.Query["taskId"], key) is not { } task)
        {
            await WriteAsync(context, 422, "record is null");
            return;
        }
        var over = task.Over;
        task.Ask();
        if (!over && task.Over) await NotifyAsync(context, task);
        await WriteAsync(context, 200, "success", Record(context, task)); // also when it failed
    }

    private static JsonObject Record(HttpContext context, SimulatedTask task)
    {
        var record = new JsonObject
        {
            ["taskId"] = task.Id, ["paramJson"] = task.Order?.ToJsonString(), ["createTime"] = Time(task.CreatedAt), ["completeTime"] = task.Over ? Time(Now(context)) : null,
            ["response"] = null, ["successFlag"] = !task.Over ? 0 : task.Failure is null ? 1 : task.Failure == "2" ? 2 : 3, ["errorCode"] = null, ["errorMessage"] = "", ["fallbackFlag"] = false,
        };
        if (task.Over && task.Failure is { } failure) (record["errorCode"], record["errorMessage"]) = (failure, "Your prompt was flagged");
        else if (task.Over) record["response"] = Response(context, task);
        return record;
    }

    private static JsonObject Response(HttpContext context, SimulatedTask task)
    {
        var links = new JsonArray(MadeFiles.LinkTo(context, task, "0.mp4"));
        return new JsonObject
        {
            ["taskId"] = task.Id, ["resultUrls"] = task.Words.Contains("[text]", StringComparison.Ordinal) ? links.ToJsonString() : links,
            ["originUrls"] = null, ["resolution"] = (string?)task.Order?["resolution"] ?? "720p",
        };
    }

    private static Task FineAsync(HttpContext context, string key)
    {
        if (Shelf(context).Find(context.Request.Query["taskId"], key) is not { Over: true, Failure: null } task) return WriteAsync(context, 422, "record status is not success");
        return task.AskFine() <= AsksUntilFine
            ? WriteAsync(context, 400, "1080P is processing. It should be ready in 1-2 minutes. Please check back shortly.")
            : WriteAsync(context, 200, "success", new JsonObject { ["resultUrl"] = MadeFiles.LinkTo(context, task, "1080.mp4") });
    }

    private static async Task FreshLinkAsync(HttpContext context, string key, BookedCall call)
    {
        var link = Text(await ReadAsync(context, call), "url");
        var parts = Uri.TryCreate(link, UriKind.Absolute, out var url) ? url.AbsolutePath.Split('/') : [];
        if (parts is [_, "files", var id, var name] && Shelf(context).Find(id, key) is { } task) await WriteAsync(context, 200, "success", MadeFiles.LinkTo(context, task, name));
        else await WriteAsync(context, 422, "Invalid file URL");
    }

    private static async Task UploadAsync(HttpContext context, string key, BookedCall call)
    {
        var body = await ReadAsync(context, call);
        call.Body = $"{Text(body, "uploadPath")}/{Text(body, "fileName")} {Text(body, "base64Data")?.Length}";
        if (Text(body, "base64Data")?.StartsWith("data:image/", StringComparison.Ordinal) != true || Text(body, "uploadPath") is not { Length: > 0 } path || path.StartsWith('/'))
        {
            await WriteAsync(context, 400, "Invalid file");
            return;
        }
        var link = $"{context.Request.Scheme}://{context.Request.Host}/kie-files/{path}/{Text(body, "fileName") ?? Guid.NewGuid().ToString("N")}";
        Shelf(context).Keep(link, key);
        await WriteAsync(context, 200, "File uploaded successfully", new JsonObject { ["fileName"] = Text(body, "fileName"), ["downloadUrl"] = link, ["mimeType"] = "image/png" });
    }

    private static async Task NotifyAsync(HttpContext context, SimulatedTask task)
    {
        if (Text(task.Order, "callBackUrl") is not { } address) return;
        var data = new JsonObject { ["taskId"] = task.Id, ["promptJson"] = task.Order!.ToJsonString(), ["fallbackFlag"] = false };
        var failed = int.TryParse(task.Failure, NumberStyles.None, CultureInfo.InvariantCulture, out var code);
        if (!failed) data["info"] = Response(context, task);
        var notice = new JsonObject { ["code"] = failed ? code : 200, ["msg"] = failed ? "Failed" : "Veo3.1 video generated successfully.", ["data"] = data };
        for (var i = task.Words.Contains("[twice]", StringComparison.Ordinal) ? 2 : 1; i > 0; i--)
            await KieNotice.SendAsync(address, task.Id, notice.ToJsonString(), task.Words.Contains("[signed]", StringComparison.Ordinal) ? Now(context) : null, context.RequestAborted);
    }

    private static async Task<JsonObject?> ReadAsync(HttpContext context, BookedCall call)
    {
        try
        {
            return JsonNode.Parse(await VendorCall.ReadBodyAsync(context, call)) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonObject? body, string name) => body?[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? (string?)value : null;

    private static Task WriteAsync(HttpContext context, int code, string message, JsonNode? data = null)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(new JsonObject { ["code"] = code, ["msg"] = message, ["data"] = data }.ToJsonString(), context.RequestAborted);
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static TaskShelf Shelf(HttpContext context) => context.RequestServices.GetRequiredService<TaskShelf>();

    private static DateTimeOffset Now(HttpContext context) => context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
}
