using System.Text.Json;
using System.Text.Json.Serialization;

namespace AIMake.Simulator;

/// <summary>Routes for whoever runs a test: <c>GET /__book</c>, <c>POST /__faults</c>, <c>POST /__reset</c>.</summary>
internal static class Controls
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    public static void MapControls(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/__book", (CallBook book, HttpResponse response) => response.WriteAsJsonAsync(new { calls = book.Calls }, Json));
        routes.MapPost("/__reset", (CallBook book, FaultSwitches switches) =>
        {
            book.Clear();
            switches.Clear();
        });
        routes.MapPost("/__faults", SetFaults);
    }

    private static async Task SetFaults(HttpContext context, FaultSwitches switches)
    {
        try
        {
            var setting = await context.Request.ReadFromJsonAsync<FaultSetting>(Json, context.RequestAborted);
            switches.Set(setting ?? FaultSetting.None);
        }
        catch (JsonException e)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync(e.Message, context.RequestAborted);
        }
    }
}
