using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using AIMake.Simulator.OpenAi;
using Microsoft.AspNetCore.WebUtilities;

namespace AIMake.Simulator.Stripe;

/// <summary>
/// What every call has in common: key, version, bracketed parameters, idempotency, errors in Stripe's shape. Parameters are looked at
/// before a key is claimed, so that a refusal of them is not kept.
/// </summary>
internal static class StripeCall
{
    private const int LongestKey = 255;

    public static Task AnswerAsync(HttpContext context, Func<JsonObject, JsonObject> read, Func<JsonObject, JsonObject> act)
    {
        var key = KeyOf(context.Request);
        return VendorCall.AnswerAsync(context, key, async (call, faults) =>
        {
            call.RequestId = StripeWorld.NewId("req");
            context.Response.Headers["Request-Id"] = call.RequestId;
            context.Response.Headers["Stripe-Version"] = StripeWorld.Version;
            StripeAnswer answer;
            try
            {
                var body = await VendorCall.ReadBodyAsync(context, call);
                Check(context, key, faults);
                answer = Run(context, call, body, read(Form(context, body)), act);
            }
            catch (StripeRefusal refusal)
            {
                answer = Refused(refusal, call.RequestId);
            }
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = "application/json";
            await SendAsync(context, call, faults, answer.Body);
        });
    }

    private static StripeAnswer Run(HttpContext context, BookedCall call, byte[] body, JsonObject parameters, Func<JsonObject, JsonObject> act)
    {
        var world = context.RequestServices.GetRequiredService<StripeWorld>();
        var kept = context.RequestServices.GetRequiredService<StripeIdempotency>();
        var key = HttpMethods.IsPost(context.Request.Method) && context.Request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } given ? given : null;
        if (key?.Length > LongestKey) throw StripeRefusal.Bad(null, null, "The idempotency key may be at most 255 characters long.");
        if (key is null) return Act(world, call, null, parameters, act);
        context.Response.Headers["Idempotency-Key"] = key;
        if (kept.Claim(key, $"{context.Request.Method} {context.Request.Path}", body) is { } earlier)
        {
            context.Response.Headers["Idempotent-Replayed"] = "true";
            return earlier;
        }
        try
        {
            var answer = Act(world, call, key, parameters, act);
            kept.Keep(key, answer);
            return answer;
        }
        catch (Exception)
        {
            kept.Drop(key);
            throw;
        }
    }

    private static StripeAnswer Act(StripeWorld world, BookedCall call, string? key, JsonObject parameters, Func<JsonObject, JsonObject> act)
    {
        try
        {
            return new StripeAnswer(200, world.Within(() => Encoding.UTF8.GetBytes(act(parameters).ToJsonString(Formats.Plain)), call.RequestId, key));
        }
        catch (StripeRefusal refusal)
        {
            return Refused(refusal, call.RequestId);
        }
    }

    private static StripeAnswer Refused(StripeRefusal refusal, string requestId) => new(refusal.Status, Encoding.UTF8.GetBytes(refusal.ToJson(requestId).ToJsonString(Formats.Plain)));

    /// <summary>Here a connection that breaks breaks after the work is done, which is what a caller must be ready for.</summary>
    private static async Task SendAsync(HttpContext context, BookedCall call, FaultSetting faults, byte[] body)
    {
        if (faults.CutAfterBytes == 0)
        {
            call.End = CallEnd.Cut;
            context.Abort();
            return;
        }
        await VendorCall.SendAsync(context, call, faults, body);
    }

    private static void Check(HttpContext context, string? key, FaultSetting faults)
    {
        if (key is null) throw StripeRefusal.Unauthorized("You did not provide an API key.");
        if (!(key.StartsWith("sk_test_", StringComparison.Ordinal) || key.StartsWith("rk_test_", StringComparison.Ordinal))) throw StripeRefusal.Unauthorized("Invalid API Key provided.");
        if (context.Request.Headers["Stripe-Version"].ToString() is { Length: > 0 } version && version != StripeWorld.Version)
        {
            throw StripeRefusal.Bad(null, null, $"Invalid Stripe API version: {version}");
        }
        if (faults.Throttle is { } throttle)
        {
            if (throttle.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            throw StripeRefusal.Switched(429, null);
        }
        if (faults.FailStatus is { } status) throw StripeRefusal.Switched(status, faults.FailCode);
        if (HttpMethods.IsPost(context.Request.Method) && context.Request.ContentLength > 0 && context.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true)
        {
            throw StripeRefusal.Bad(null, null, $"Invalid request (check that your POST content type is application/x-www-form-urlencoded).");
        }
    }

    private static JsonObject Form(HttpContext context, byte[] body)
    {
        // Not through a dictionary: the order of names is the order of lists written as a[].
        var text = HttpMethods.IsPost(context.Request.Method) ? Encoding.UTF8.GetString(body) : context.Request.QueryString.Value?.TrimStart('?') ?? "";
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var pair in new QueryStringEnumerable(text)) pairs.Add(new(pair.DecodeName().ToString(), pair.DecodeValue().ToString()));
        return StripeForm.Parse(pairs);
    }

    private static string? KeyOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.Ordinal)) return header["Bearer ".Length..];
        if (!header.StartsWith("Basic ", StringComparison.Ordinal)) return null;
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(header["Basic ".Length..])).Split(':')[0];
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
