using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace AIMake.Simulator.Deliveries;

/// <summary>
/// Routes for whoever runs a test: <c>/__webhooks</c> says where events go, <c>/__deliveries</c> how they get there and what became
/// of them.
/// </summary>
internal static class DeliveryControls
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    private static readonly JsonSerializerOptions RecordJson = new(JsonSerializerDefaults.Web);

    public static void MapDeliveries(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/__webhooks", (DeliveryEngine engine, HttpResponse response) => response.WriteAsJsonAsync(engine.Targets.Select(target => target with { Secret = null }), Json));
        routes.MapPost("/__webhooks", (HttpContext context, DeliveryEngine engine) => TakeAsync<DeliveryTarget>(context, target => Known(engine, target.Provider, () => engine.Aim(target))));
        routes.MapGet("/__deliveries", (DeliveryEngine engine, HttpRequest request, HttpResponse response) =>
            response.WriteAsJsonAsync(new { settings = engine.Settings, sent = Asked(engine.Records, request.Query) }, RecordJson));
        routes.MapPost("/__deliveries", (HttpContext context, DeliveryEngine engine) =>
            TakeAsync<DeliverySetting>(context, setting => Known(engine, setting.Provider ?? "stripe", () => engine.Set(setting))));
        routes.MapPost("/__deliveries/release", (DeliveryEngine engine, HttpResponse response) => response.WriteAsJsonAsync(new { released = engine.Release() }));
        routes.MapGet("/__deliveries/idle", async (DeliveryEngine engine, HttpContext context) => await engine.IdleAsync(context.RequestAborted));
        routes.MapPost("/__deliveries/again", (HttpContext context, DeliveryEngine engine) => Again(context, engine));
        routes.MapPost("/__deliveries/send", (HttpContext context, DeliveryEngine engine) => TakeAsync<MadeUpEvent>(context, made => Known(engine, made.Provider, () => Send(engine, made))));
    }

    /// <summary>Those whose body has one of the texts <c>?mentions=</c>, and of those the <c>?last=</c> ones; all when nothing is asked for.</summary>
    private static IEnumerable<Delivery> Asked(IReadOnlyList<Delivery> records, IQueryCollection query)
    {
        var texts = query["mentions"].OfType<string>().Where(text => text.Length > 0).Select(Encoding.UTF8.GetBytes).ToList();
        var found = texts.Count == 0 ? records : records.Where(delivery => texts.Any(text => delivery.Body.AsSpan().IndexOf(text) >= 0));
        return int.TryParse(query["last"], out var last) ? found.TakeLast(last) : found;
    }

    /// <summary>Sends an event once more, <c>?event=evt_…</c>, as the button of a provider's dashboard does.</summary>
    private static void Again(HttpContext context, DeliveryEngine engine)
    {
        var found = engine.Records.FirstOrDefault(delivery => delivery.EventId == context.Request.Query["event"]);
        if (found is null) context.Response.StatusCode = StatusCodes.Status404NotFound;
        else engine.Send(found.Provider, found.EventId, found.Type, JsonNode.Parse(found.Body)!.AsObject(), DeliverySetting.None);
    }

    private static void Send(DeliveryEngine engine, MadeUpEvent made) => engine.Send(
        made.Provider, (string?)made.Body["id"] ?? "", (string?)(made.Body["type"] ?? made.Body["eventType"]) ?? "", made.Body, made.How ?? DeliverySetting.None);

    private static string? Known(DeliveryEngine engine, string? provider, Action act)
    {
        if (!engine.Knows(provider)) return $"There is no provider '{provider}'.";
        act();
        return null;
    }

    private static async Task TakeAsync<T>(HttpContext context, Func<T, string?> take)
    {
        string? refusal;
        try
        {
            var body = await context.Request.ReadFromJsonAsync<JsonElement>(Json, context.RequestAborted);
            var all = body.ValueKind == JsonValueKind.Array ? body.Deserialize<T[]>(Json)! : [body.Deserialize<T>(Json)!];
            refusal = all.Select(take).FirstOrDefault(said => said is not null);
        }
        catch (JsonException e)
        {
            refusal = e.Message;
        }
        if (refusal is null) return;
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        await context.Response.WriteAsync(refusal, context.RequestAborted);
    }

    /// <param name="Body">An event in the provider's shape, sent as it stands.</param>
    /// <param name="How">How it is sent.</param>
    private sealed record MadeUpEvent(string Provider, JsonObject Body, DeliverySetting? How = null);
}
