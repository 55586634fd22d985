using System.Text.Json;
using System.Text.Json.Nodes;
using AIMake.Simulator.Oidc;

namespace AIMake.Simulator.Clerk;

/// <summary>
/// Clerk under <c>/clerk</c>: its keys and the one route of its API that is used here. For whoever runs a test: <c>POST /clerk/__users</c> keeps
/// a user; <c>POST /clerk/__mint</c> makes a session token, its members over the usual ones, <c>fault</c> as in <see cref="TokenKeys"/>;
/// <c>POST /clerk/__send</c> (<c>url, type, data, id?, times?, ageSeconds?, forged?</c>) sends a notice and answers the statuses it met.
/// </summary>
internal static class ClerkRoutes
{
    public const string SecretKey = "sk_test_simulated";
    private const string Keys = "clerk";
    private const int Life = 60;

    public static void MapClerk(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/clerk/.well-known/jwks.json", context => VendorCall.AnswerAsync(context, null, (_, _) => WriteAsync(context, 200, Signer(context).Set(Keys))));
        routes.MapGet("/clerk/v1/users/{id}", context => VendorCall.AnswerAsync(context, null, (_, faults) => TellAsync(context, faults)));
        routes.MapPost("/clerk/__users", async context => context.RequestServices.GetRequiredService<ClerkShelf>().Keep(await ReadAsync(context)));
        routes.MapPost("/clerk/__mint", MintAsync);
        routes.MapPost("/clerk/__send", SendAsync);
        routes.MapPost("/clerk/__rotate", context =>
        {
            Signer(context).Rotate(Keys);
            return Task.CompletedTask;
        });
    }

    private static Task TellAsync(HttpContext context, FaultSetting faults) =>
        context.Request.Headers.Authorization != $"Bearer {SecretKey}" ? WriteAsync(context, 401, Error("authentication_invalid"))
        : faults.FailStatus is { } status ? WriteAsync(context, status, Error(faults.FailCode ?? "internal_clerk_error"))
        : context.RequestServices.GetRequiredService<ClerkShelf>().Find((string?)context.Request.RouteValues["id"]) is { } user ? WriteAsync(context, 200, user)
        : WriteAsync(context, 404, Error("resource_not_found"));

    private static async Task MintAsync(HttpContext context)
    {
        var asked = await ReadAsync(context);
        var fault = (string?)asked["fault"];
        var now = Now(context).ToUnixTimeSeconds();
        var payload = new JsonObject
        {
            ["iss"] = $"{context.Request.Scheme}://{context.Request.Host}/clerk", ["sub"] = "user_simulated", ["sid"] = "sess_simulated", ["iat"] = now, ["nbf"] = now - 10, ["exp"] = now + Life,
            ["jti"] = Guid.NewGuid().ToString("N"), ["v"] = 2, ["fva"] = new JsonArray(0, -1), ["pla"] = "u:free",
        };
        foreach (var (name, value) in asked.Where(member => member.Key != "fault").ToList())
        {
            if (value is null) payload.Remove(name);
            else payload[name] = value.DeepClone();
        }
        await WriteAsync(context, 200, new JsonObject { ["jwt"] = Signer(context).Sign(Keys, payload, fault) });
    }

    private static async Task SendAsync(HttpContext context)
    {
        var asked = await ReadAsync(context);
        var at = Now(context);
        var body = new JsonObject
        {
            ["data"] = asked["data"]?.DeepClone(), ["object"] = "event", ["type"] = (string?)asked["type"], ["timestamp"] = at.ToUnixTimeMilliseconds(), ["instance_id"] = "ins_simulated",
        }.ToJsonString();
        var id = (string?)asked["id"] ?? $"msg_{Guid.NewGuid():N}";
        var statuses = new JsonArray();
        for (var turn = 0; turn < ((int?)asked["times"] ?? 1); turn++)
            statuses.Add(await ClerkNotice.SendAsync((string)asked["url"]!, id, at.AddSeconds(-((int?)asked["ageSeconds"] ?? 0)), body, (bool?)asked["forged"] ?? false, context.RequestAborted));
        await WriteAsync(context, 200, new JsonObject { ["id"] = id, ["statuses"] = statuses });
    }

    private static JsonObject Error(string code) => new() { ["errors"] = new JsonArray(new JsonObject { ["code"] = code, ["message"] = code }), ["clerk_trace_id"] = "simulated" };

    private static async Task<JsonObject> ReadAsync(HttpContext context) => (await context.Request.ReadFromJsonAsync<JsonObject>(JsonSerializerOptions.Web, context.RequestAborted))!;

    private static Task WriteAsync(HttpContext context, int status, JsonObject answer)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }

    private static TokenKeys Signer(HttpContext context) => context.RequestServices.GetRequiredService<TokenKeys>();

    private static DateTimeOffset Now(HttpContext context) => context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
}
