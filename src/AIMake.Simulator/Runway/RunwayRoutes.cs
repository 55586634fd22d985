using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AIMake.Simulator.Tasks;

namespace AIMake.Simulator.Runway;

/// <summary>
/// Runway's API under <c>/runway</c>: orders, tasks, uploads, the organisation. A task waits when first asked about, then runs, then has
/// ended; two of a model run side by side, others are throttled. <c>[fail:CODE]</c> in a prompt makes the task fail with that code.
/// </summary>
internal static class RunwayRoutes
{
    private const string Root = "/runway/v1";
    private const int RunningSideBySide = 2;
    private const decimal Progress = 0.45m;

    public static void MapRunway(this IEndpointRouteBuilder routes)
    {
        routes.MapPost($"{Root}/image_to_video", context => AnswerAsync(context, (key, call) => OrderAsync(context, key, call, RunwayModels.ImageToVideo, image: true, clip: true)));
        routes.MapPost($"{Root}/text_to_video", context => AnswerAsync(context, (key, call) => OrderAsync(context, key, call, RunwayModels.TextToVideo, image: false, clip: true)));
        routes.MapPost($"{Root}/text_to_image", context => AnswerAsync(context, (key, call) => OrderAsync(context, key, call, RunwayModels.TextToImage, image: false, clip: false)));
        routes.MapGet($"{Root}/tasks/{{id}}", context => AnswerAsync(context, (key, _) => TaskAsync(context, key)));
        routes.MapDelete($"{Root}/tasks/{{id}}", context => AnswerAsync(context, (key, _) => DeleteAsync(context, key)));
        routes.MapGet($"{Root}/organization", context => AnswerAsync(context, (_, _) => WriteAsync(context, Organization())));
        routes.MapPost($"{Root}/uploads", context => AnswerAsync(context, (key, call) => TicketAsync(context, key, call)));
        routes.MapPost("/runway-uploads", context => VendorCall.AnswerAsync(context, null, (call, _) => UploadAsync(context, call)));
    }

    private static Task AnswerAsync(HttpContext context, Func<string, BookedCall, Task> answer)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var key = header.StartsWith("Bearer ", StringComparison.Ordinal) ? header["Bearer ".Length..] : null;
        return VendorCall.AnswerAsync(context, key, async (call, faults) =>
        {
            if (key is null || !key.StartsWith("key_", StringComparison.Ordinal)) await RefuseAsync(context, 401, "The API key you provided is not valid.");
            else if (context.Request.Headers["X-Runway-Version"] != "2024-11-06") await RefuseAsync(context, 400, "A valid X-Runway-Version header is required.");
            else if (faults.Throttle is { } throttle)
            {
                if (throttle.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                await RefuseAsync(context, 429, "You have reached the daily limit of generations for this model.");
            }
            else if (faults.FailCode == "no_credits") await RefuseAsync(context, 400, "You do not have enough credits to run this task.");
            else if (faults.FailStatus is { } status) await RefuseAsync(context, status, faults.FailCode ?? "Refused.");
            else await answer(key, call);
        });
    }

    private static async Task OrderAsync(HttpContext context, string key, BookedCall call, IReadOnlyDictionary<string, RunwayModel> models, bool image, bool clip)
    {
        if (await ReadAsync(context, call) is not { } body)
        {
            await RefuseAsync(context, 400, "Invalid JSON");
            return;
        }
        var order = new RunwayOrder(body, address => Shelf(context).OwnerOf(address) == key);
        var issues = order.Check(models, image, clip);
        if (issues.Count > 0)
        {
            await RefuseAsync(context, 400, "Validation of body failed", issues);
            return;
        }
        (call.Model, call.Characters) = (order.ModelId, order.Prompt.EnumerateRunes().Count());
        var task = Shelf(context).Add(new SimulatedTask(Guid.NewGuid().ToString(), key, order.Prompt, Now(context))
        {
            Model = order.ModelId, Ratio = order.Ratio, Seconds = order.Seconds, IsClip = clip, Credits = order.Credits,
        });
        await WriteAsync(context, new JsonObject { ["id"] = task.Id, ["estimatedCost"] = Credits(task.Credits) });
    }

    private static Task TaskAsync(HttpContext context, string key)
    {
        if (Shelf(context).Find(Id(context), key) is not { } task) return RefuseAsync(context, 404, "Task not found");
        var waiting = task.Asked == 1 && Shelf(context).CountOf(key, other => other.Model == task.Model && other.Asked == 2) >= RunningSideBySide;
        if (!waiting) task.Ask();
        return WriteAsync(context, Describe(context, task, waiting));
    }

    private static JsonObject Describe(HttpContext context, SimulatedTask task, bool throttled)
    {
        var status = throttled ? "THROTTLED" : task.Asked <= 1 ? "PENDING" : !task.Over ? "RUNNING" : task.Failure is null ? "SUCCEEDED" : "FAILED";
        var answer = new JsonObject { ["id"] = task.Id, ["createdAt"] = task.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), ["status"] = status };
        if (status == "RUNNING") answer["progress"] = Progress;
        if (status == "SUCCEEDED") answer["output"] = new JsonArray(MadeFiles.LinkTo(context, task, task.IsClip ? "0.mp4" : "0.png"));
        if (status == "FAILED")
        {
            answer["failure"] = "The generation did not work out.";
            if (task.Failure!.Length > 0) answer["failureCode"] = task.Failure;
        }
        answer[task.Over ? "cost" : "estimatedCost"] = Credits(status == "FAILED" ? 0 : task.Credits);
        return answer;
    }

    private static Task DeleteAsync(HttpContext context, string key)
    {
        if (Shelf(context).Find(Id(context), key) is not { } task) return RefuseAsync(context, 404, "Task not found");
        Shelf(context).Remove(task.Id);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static async Task TicketAsync(HttpContext context, string key, BookedCall call)
    {
        var body = await ReadAsync(context, call);
        if (body?["filename"] is null || (string?)body["type"] != "ephemeral")
        {
            await RefuseAsync(context, 400, "Validation of body failed");
            return;
        }
        var name = Guid.NewGuid().ToString("N");
        await WriteAsync(context, new JsonObject
        {
            ["uploadUrl"] = $"{context.Request.Scheme}://{context.Request.Host}/runway-uploads",
            ["fields"] = new JsonObject { ["key"] = name, ["policy"] = key },
            ["runwayUri"] = $"runway://{name}",
        });
    }

    /// <summary>As the store behind it does: the fields of the ticket first, the file last, and no key.</summary>
    private static async Task UploadAsync(HttpContext context, BookedCall call)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var file = form.Files.Count == 1 ? form.Files[0] : null;
        call.Body = $"{form["key"]} {file?.FileName} {file?.ContentType} {file?.Length}";
        if (file is not { Name: "file" } || !Guid.TryParse(form["key"], out _) || context.Request.Headers.ContainsKey("Authorization"))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        Shelf(context).Keep($"runway://{form["key"]}", form["policy"].ToString());
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static JsonObject Organization() => new()
    {
        ["creditBalance"] = 4210,
        ["tier"] = new JsonObject
        {
            ["maxMonthlyCreditSpend"] = 10_000,
            ["models"] = new JsonObject { ["gen4_turbo"] = new JsonObject { ["maxConcurrentGenerations"] = RunningSideBySide, ["maxDailyGenerations"] = null } },
        },
        ["usage"] = new JsonObject { ["models"] = new JsonObject { ["gen4_turbo"] = new JsonObject { ["dailyGenerations"] = 3 } } },
    };

    private static JsonObject Credits(decimal credits) => new() { ["credits"] = credits };

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

    private static Task RefuseAsync(HttpContext context, int status, string error, JsonArray? issues = null)
    {
        context.Response.StatusCode = status;
        var body = new JsonObject { ["error"] = error };
        if (issues is not null) body["issues"] = issues;
        if (status == 400) body["docUrl"] = "https://docs.dev.runwayml.com/api";
        return WriteAsync(context, body);
    }

    private static Task WriteAsync(HttpContext context, JsonObject answer)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }

    private static TaskShelf Shelf(HttpContext context) => context.RequestServices.GetRequiredService<TaskShelf>();

    private static DateTimeOffset Now(HttpContext context) => context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    private static string? Id(HttpContext context) => (string?)context.Request.RouteValues["id"];
}
