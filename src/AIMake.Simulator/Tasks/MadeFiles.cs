using AIMake.Simulator.Pictures;
using AIMake.Simulator.Video;

namespace AIMake.Simulator.Tasks;

/// <summary>Where the links of finished tasks lead: <c>/files/{task}/{name}?_jwt=…</c>. Needs no key; a link out of date answers 403.</summary>
internal static class MadeFiles
{
    public static void MapMadeFiles(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/files/{task}/{name}", context => VendorCall.AnswerAsync(context, null, (call, faults) => AnswerAsync(context, call, faults)));

    /// <summary>A link to what a task made.</summary>
    /// <param name="name">E.g. <c>0.mp4</c>, <c>1.png</c>.</param>
    public static string LinkTo(HttpContext context, SimulatedTask task, string name) =>
        $"{context.Request.Scheme}://{context.Request.Host}/files/{task.Id}/{name}?_jwt={task.Sign()}";

    private static async Task AnswerAsync(HttpContext context, BookedCall call, FaultSetting faults)
    {
        var task = context.RequestServices.GetRequiredService<TaskShelf>().Find((string?)context.Request.RouteValues["task"]);
        if (task is null || context.Request.Headers.ContainsKey("Authorization") || !context.Request.Query["_jwt"].ToString().StartsWith("good-", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>");
            return;
        }
        var name = (string)context.Request.RouteValues["name"]!;
        var (width, height) = Size(task.Ratio);
        context.Response.ContentType = name.EndsWith(".mp4", StringComparison.Ordinal) ? "video/mp4" : "image/png";
        var bytes = name.EndsWith(".mp4", StringComparison.Ordinal) && !task.Words.Contains("[picture]", StringComparison.Ordinal)
            ? await context.RequestServices.GetRequiredService<ClipMaker>().ClipAsync(width, height, Math.Clamp(task.Seconds, 1, 10))
            : PictureMaker.Png(task.Words + name, width, height);
        await VendorCall.SendAsync(context, call, faults, task.Words.Contains("[half]", StringComparison.Ordinal) ? bytes[..(bytes.Length / 2)] : bytes);
    }

    /// <summary>Small, of about the shape asked for.</summary>
    private static (int Width, int Height) Size(string ratio)
    {
        var sides = ratio.Split(':', 'x');
        if (sides.Length != 2 || !double.TryParse(sides[0], out var width) || !double.TryParse(sides[1], out var height) || width <= 0 || height <= 0) return (320, 180);
        var scale = 320 / Math.Max(width, height);
        return ((int)(width * scale) / 2 * 2, (int)(height * scale) / 2 * 2);
    }
}
