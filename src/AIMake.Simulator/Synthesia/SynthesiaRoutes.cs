using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AIMake.Simulator.Video;

namespace AIMake.Simulator.Synthesia;

/// <summary>
/// The Synthesia routes, under <c>/synthesia</c>: films and webhooks. <c>POST /__synthesia/{id}/finish</c> ends a film at once, and
/// so tells the webhooks; <c>?times=2</c> tells them twice.
/// </summary>
internal static class SynthesiaRoutes
{
    private const string Root = "/synthesia/v2";

    public static void MapSynthesia(this IEndpointRouteBuilder routes)
    {
        routes.MapPost($"{Root}/videos", context => AnswerAsync(context, (key, call) => CreateAsync(context, key, call)));
        routes.MapGet($"{Root}/videos", context => AnswerAsync(context, (key, _) => ListAsync(context, key)));
        routes.MapGet($"{Root}/videos/{{id}}", context => AnswerAsync(context, (key, _) => StatusAsync(context, key)));
        routes.MapDelete($"{Root}/videos/{{id}}", context => AnswerAsync(context, (_, _) => RemovedAsync(context, Studio(context).Remove(Id(context)))));
        routes.MapPost($"{Root}/webhooks", context => AnswerAsync(context, (key, call) => RegisterAsync(context, key, call)));
        routes.MapGet($"{Root}/webhooks", context => AnswerAsync(context, (key, _) => context.Response.WriteAsJsonAsync(
            new JsonObject { ["webhooks"] = new JsonArray([.. Studio(context).HooksOf(key).Select(hook => hook.Describe(withSecret: false))]) })));
        routes.MapDelete($"{Root}/webhooks/{{id}}", context => AnswerAsync(context, (_, _) => RemovedAsync(context, Studio(context).RemoveHook(Id(context)))));
        routes.MapGet("/synthesia/files/{file}", context => VendorCall.AnswerAsync(context, null, (call, faults) => SendFileAsync(context, call, faults)));
        routes.MapPost("/__synthesia/{id}/finish", FinishAsync);
    }

    private static Task AnswerAsync(HttpContext context, Func<string, BookedCall, Task> answer)
    {
        var key = context.Request.Headers.Authorization.ToString() is { Length: > 0 } given ? given : null;
        return VendorCall.AnswerAsync(context, key, async (call, faults) =>
        {
            if (key is null || !key.StartsWith("sk", StringComparison.Ordinal)) await RefuseAsync(context, 403, "Invalid API key");
            else if (faults.Throttle is { } throttle)
            {
                context.Response.Headers["RateLimit-Limit"] = "60";
                if (throttle.RetryAfter is { } seconds) context.Response.Headers["RateLimit-Reset"] = seconds.ToString(CultureInfo.InvariantCulture);
                await RefuseAsync(context, 429, "Rate limit exceeded");
            }
            else if (faults.FailStatus is { } status) await RefuseAsync(context, status, faults.FailCode ?? "Refused");
            else await answer(key, call);
        });
    }

    private static async Task CreateAsync(HttpContext context, string key, BookedCall call)
    {
        var (order, error) = SynthesiaOrder.Read(await VendorCall.ReadBodyAsync(context, call));
        if (order is null)
        {
            await RefuseAsync(context, 400, error!);
            return;
        }
        call.Model = "synthesia";
        call.Voice = (string?)order["input"]![0]!["avatar"];
        call.Characters = order["input"]!.AsArray().Sum(scene => ((string?)scene!["scriptText"] ?? "").Length);
        context.Response.StatusCode = StatusCodes.Status201Created;
        await WriteAsync(context, Studio(context).Add(key, order));
    }

    private static async Task StatusAsync(HttpContext context, string key)
    {
        if (Studio(context).Find(Id(context)) is not { } film || film.Key != key)
        {
            await RefuseAsync(context, 404, "Video not found");
            return;
        }
        // Who asked does not wait for those who are told.
        if (film.Ask()) _ = Studio(context).TellAsync(film, Address(context), CancellationToken.None);
        await WriteAsync(context, film);
    }

    private static Task ListAsync(HttpContext context, string key)
    {
        var limit = int.TryParse(context.Request.Query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, 1, 100) : 20;
        var offset = int.TryParse(context.Request.Query["offset"], NumberStyles.None, CultureInfo.InvariantCulture, out var from) ? from : 0;
        var films = Studio(context).FilmsOf(key).Skip(offset).Take(limit + 1).ToList();
        var page = new JsonObject { ["videos"] = new JsonArray([.. films.Take(limit).Select(film => film.Describe(Address(context), Time(context)))]) };
        if (films.Count > limit) page["nextOffset"] = offset + limit;
        return context.Response.WriteAsJsonAsync(page);
    }

    private static async Task RegisterAsync(HttpContext context, string key, BookedCall call)
    {
        var body = SynthesiaOrder.Parse(await VendorCall.ReadBodyAsync(context, call));
        var events = body?["events"] is JsonArray list ? list.Select(item => item?.ToString() ?? "").ToList() : [];
        if (body?["url"]?.ToString() is not { } url || !Uri.TryCreate(url, UriKind.Absolute, out _) || events.Count == 0 || events.Exists(name => name is not ("video.completed" or "video.failed")))
        {
            await RefuseAsync(context, 400, "Invalid webhook");
            return;
        }
        context.Response.StatusCode = StatusCodes.Status201Created;
        await context.Response.WriteAsJsonAsync(Studio(context).AddHook(key, url, events).Describe(withSecret: true));
    }

    private static async Task FinishAsync(HttpContext context)
    {
        if (Studio(context).Find(Id(context)) is not { } film)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        film.Finish();
        var times = int.TryParse(context.Request.Query["times"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : 1;
        for (var i = 0; i < times; i++) await Studio(context).TellAsync(film, Address(context), context.RequestAborted);
    }

    private static async Task SendFileAsync(HttpContext context, BookedCall call, FaultSetting faults)
    {
        var (name, kind) = ((string)context.Request.RouteValues["file"]!).Split('.') is [var id, var extension] ? (id, extension) : ("", "");
        var alive = long.TryParse(context.Request.Query["Expires"], NumberStyles.None, CultureInfo.InvariantCulture, out var until) && until >= Time(context).GetUtcNow().ToUnixTimeSeconds();
        if (Studio(context).Find(name) is not { Status: "complete" } film || !alive)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        var clips = context.RequestServices.GetRequiredService<ClipMaker>();
        var (width, height) = ClipMaker.Size(film.Ratio);
        var (type, bytes) = kind switch
        {
            "mp4" => ("video/mp4", await clips.ClipAsync(width, height, film.Seconds)),
            "jpg" => ("image/jpeg", await clips.StillAsync(width, height)),
            _ => ("text/plain", "1\n00:00:00,000 --> 00:00:01,000\n…\n"u8.ToArray()),
        };
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        await VendorCall.SendAsync(context, call, faults, bytes);
    }

    private static Task RemovedAsync(HttpContext context, bool was)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return was ? Task.CompletedTask : RefuseAsync(context, 404, "Not found");
    }

    private static Task WriteAsync(HttpContext context, SynthesiaFilm film) => context.Response.WriteAsJsonAsync(film.Describe(Address(context), Time(context)));

    private static Task RefuseAsync(HttpContext context, int status, string error)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new JsonObject { ["error"] = error });
    }

    private static SynthesiaStudio Studio(HttpContext context) => context.RequestServices.GetRequiredService<SynthesiaStudio>();

    private static TimeProvider Time(HttpContext context) => context.RequestServices.GetRequiredService<TimeProvider>();

    private static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    private static string Address(HttpContext context) => $"http://{context.Request.Host}";
}
