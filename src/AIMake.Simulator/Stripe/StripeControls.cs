using System.Globalization;
using System.Text.Json.Nodes;
using AIMake.Simulator.OpenAi;

namespace AIMake.Simulator.Stripe;

/// <summary>
/// What a customer, a bank or time does, for whoever runs a test: <c>POST /__stripe/…</c>. Each answers with the object as it is
/// afterwards.
/// </summary>
internal static class StripeControls
{
    public static void MapStripeControls(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/__stripe/sessions/{id}/{what}", context => ActAsync(context, (id, what) => Session(context, id, what)));
        routes.MapPost("/__stripe/subscriptions/{id}/{what}", context => ActAsync(context, (id, what) => Subscription(context.RequestServices.GetRequiredService<StripeSubscriptions>(), id, what)));
        routes.MapPost("/__stripe/refunds/next/{what}", context => ActAsync(context, (_, what) =>
        {
            context.RequestServices.GetRequiredService<StripeWorld>().NextRefund = what;
            return new JsonObject { ["next"] = what };
        }));
        routes.MapPost("/__stripe/refunds/{id}/{what}", context => ActAsync(context, (id, what) => what is "succeeded" or "failed" or "canceled" ? Money(context).EndRefund(id, what) : null));
        routes.MapPost("/__stripe/payments/{id}/refund", context => ActAsync(context, (id, _) => Money(context).Refund(Refund(context, id))));
        routes.MapPost("/__stripe/payments/{id}/dispute", context => ActAsync(context, (id, _) => Money(context).Dispute(id, Amount(context), context.Request.Query["reason"], context.Request.Query["inquiry"] == "true")));
        routes.MapPost("/__stripe/disputes/{id}/{what}", context => ActAsync(context, (id, what) => what is "won" or "lost" or "warning_closed" ? Money(context).EndDispute(id, what) : null));
    }

    /// <summary>As the seller does in the dashboard, <c>?amount=</c> for a part.</summary>
    private static JsonObject Refund(HttpContext context, string? id)
    {
        var order = new JsonObject { [id?.StartsWith("pi_", StringComparison.Ordinal) == true ? "payment_intent" : "charge"] = id };
        if (Amount(context) is { } amount) order["amount"] = amount;
        return order;
    }

    /// <summary>Paying takes <c>?discount=</c> for a coupon the buyer used and <c>?tax=</c> for what is added to the rest, in minor units.</summary>
    private static JsonObject? Session(HttpContext context, string? id, string? what)
    {
        var checkout = context.RequestServices.GetRequiredService<StripeCheckout>();
        if (what is "pay" or "pay-later") checkout.Reckon(id, Number(context, "discount") ?? 0, Number(context, "tax") ?? 0);
        return what switch
        {
            "pay" => checkout.Pay(id, atOnce: true),
            "pay-later" => checkout.Pay(id, atOnce: false),
            "arrive" => checkout.Settle(id, comes: true),
            "bounce" => checkout.Settle(id, comes: false),
            "fail" => checkout.Fail(id),
            "expire" => checkout.ExpireSession(id),
            _ => null,
        };
    }

    private static JsonObject? Subscription(StripeSubscriptions subscriptions, string? id, string? what) => what switch
    {
        "renew" => subscriptions.Renew(id, pays: true),
        "decline" => subscriptions.Renew(id, pays: false),
        "recover" => subscriptions.Recover(id),
        "unpaid" => subscriptions.GiveUp(id, cancel: false),
        "give-up" => subscriptions.GiveUp(id, cancel: true),
        "cancel-in-portal" => subscriptions.CancelInPortal(id),
        "resume-in-portal" => subscriptions.ResumeInPortal(id),
        _ => null,
    };

    private static async Task ActAsync(HttpContext context, Func<string?, string?, JsonObject?> act)
    {
        var (id, what) = ((string?)context.Request.RouteValues["id"], (string?)context.Request.RouteValues["what"]);
        string answer;
        try
        {
            answer = context.RequestServices.GetRequiredService<StripeWorld>().Within(() => act(id, what)?.ToJsonString(Formats.Plain)) ?? throw StripeRefusal.NoSuch("control", what ?? "");
        }
        catch (StripeRefusal refusal)
        {
            context.Response.StatusCode = refusal.Status;
            answer = refusal.ToJson("").ToJsonString(Formats.Plain);
        }
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer, context.RequestAborted);
    }

    private static long? Amount(HttpContext context) => Number(context, "amount");

    private static long? Number(HttpContext context, string name) => long.TryParse(context.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static StripeMoney Money(HttpContext context) => context.RequestServices.GetRequiredService<StripeMoney>();
}
