using System.Text.Json;
using System.Text.Json.Serialization;
using AIMake.Simulator.Deliveries;

namespace AIMake.Simulator;

/// <summary>
/// Routes for whoever runs a test: <c>GET /__book</c>, <c>GET</c> and <c>POST /__faults</c> (one setting, or a list of them),
/// <c>POST /__reset</c>, <c>GET /__payments</c>; and the page at <c>/</c> for people.
/// </summary>
internal static class Controls
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    private static readonly JsonSerializerOptions BookJson = new(JsonSerializerDefaults.Web);

    public static void MapControls(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", (HttpResponse response) => BookPage.WriteAsync(response));
        routes.MapGet("/__book", (CallBook book, HttpRequest request, HttpResponse response) =>
            response.WriteAsJsonAsync(new { opened = book.Opened, calls = book.After(int.TryParse(request.Query["after"], out var after) ? after : 0) }, BookJson));
        routes.MapGet("/__payments", (PaymentBook payments, HttpResponse response) => response.WriteAsJsonAsync(payments.All, BookJson));
        routes.MapPost("/__reset", (CallBook book, FaultSwitches switches, DeliveryEngine deliveries) =>
        {
            book.Clear();
            switches.Clear();
            deliveries.Clear();
        });
        routes.MapGet("/__faults", (FaultSwitches switches, HttpResponse response) => response.WriteAsJsonAsync(switches.All, Json));
        routes.MapPost("/__faults", SetFaults);
    }

    private static async Task SetFaults(HttpContext context, FaultSwitches switches)
    {
        try
        {
            var body = await context.Request.ReadFromJsonAsync<JsonElement>(Json, context.RequestAborted);
            var settings = body.ValueKind == JsonValueKind.Array ? body.Deserialize<FaultSetting[]>(Json)! : [body.Deserialize<FaultSetting>(Json) ?? FaultSetting.None];
            foreach (var setting in settings) switches.Set(setting);
        }
        catch (JsonException e)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync(e.Message, context.RequestAborted);
        }
    }
}
