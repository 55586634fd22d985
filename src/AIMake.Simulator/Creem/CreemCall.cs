using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AIMake.Simulator.OpenAi;

namespace AIMake.Simulator.Creem;

/// <summary>What every call has in common: key, JSON, errors in Creem's shape. There are no idempotency keys: what is asked twice is done twice.</summary>
internal static class CreemCall
{
    public static Task AnswerAsync(HttpContext context, Func<JsonObject, JsonObject> act)
    {
        var key = context.Request.Headers["x-api-key"].ToString() is { Length: > 0 } given ? given : null;
        return VendorCall.AnswerAsync(context, key, async (call, faults) =>
        {
            var world = context.RequestServices.GetRequiredService<CreemWorld>();
            var (status, answer) = (200, (byte[]?)null);
            try
            {
                var body = await VendorCall.ReadBodyAsync(context, call);
                Check(context, key, faults);
                var order = Read(body);
                answer = world.Within(() => Bytes(act(order)));
            }
            catch (CreemRefusal refusal)
            {
                (status, answer) = (refusal.Status, Bytes(refusal.ToJson(call.RequestId, world.Time)));
            }
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json; charset=utf-8";
            if (faults.CutAfterBytes == 0)
            {
                // After the work is done: the caller does not know whether it was.
                call.End = CallEnd.Cut;
                context.Abort();
                return;
            }
            await VendorCall.SendAsync(context, call, faults, answer);
        });
    }

    private static byte[] Bytes(JsonObject it) => Encoding.UTF8.GetBytes(it.ToJsonString(Formats.Plain));

    private static JsonObject Read(byte[] body)
    {
        if (body.Length == 0) return [];
        try
        {
            // Numbers as the world's own are: whole ones, 64 bits wide.
            return JsonNode.Parse(body) as JsonObject ?? throw CreemRefusal.Bad("body must be an object");
        }
        catch (JsonException)
        {
            throw CreemRefusal.Bad("body must be JSON");
        }
    }

    private static void Check(HttpContext context, string? key, FaultSetting faults)
    {
        if (key is null) throw new CreemRefusal(401, "Unauthorized");
        if (!key.StartsWith("creem_test_", StringComparison.Ordinal)) throw new CreemRefusal(403, "Forbidden");
        if (faults.Throttle is { } throttle)
        {
            if (throttle.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            throw new CreemRefusal(429, "Too Many Requests");
        }
        if (faults.FailStatus is { } status) throw new CreemRefusal(status, faults.FailCode ?? "Internal Server Error");
    }
}
