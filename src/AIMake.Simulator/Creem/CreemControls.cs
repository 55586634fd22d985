using System.Globalization;
using System.Text.Json.Nodes;
using AIMake.Simulator.OpenAi;

namespace AIMake.Simulator.Creem;

/// <summary>What a buyer, a bank or time does, for whoever runs a test: <c>POST /__creem/…</c>. Each answers with the object as it is afterwards.</summary>
internal static class CreemControls
{
    public static void MapCreemControls(this IEndpointRouteBuilder routes)
    {
        Map("checkouts/{id}/{what}", (context, id, what) => (Get<CreemCheckout>(context), what) switch
        {
            (var it, "pay") => it.Pay(id, context.Request.Query["email"].ToString() is { Length: > 0 } email ? email : null),
            (var it, "expire") => it.Expire(id),
            _ => null,
        });
        Map("subscriptions/{id}/{what}", (context, id, what) => (Get<CreemSubscriptions>(context), what) switch
        {
            (var it, "renew") => it.Renew(id, pays: true),
            (var it, "decline") => it.Renew(id, pays: false),
            (var it, "recover") => it.Recover(id),
            (var it, "unpaid") => it.Unpaid(id),
            (var it, "expire") => it.Expire(id),
            (var it, "give-up") => it.Cancel(id, "immediate", null),
            (var it, "cancel-in-portal") => it.Cancel(id, "scheduled", null),
            (var it, "pause") => it.Pause(id),
            (var it, "resume") => it.Resume(id),
            _ => null,
        });
        Map("transactions/{id}/{what}", (context, id, what) => what switch
        {
            "refund" => Get<CreemMoney>(context).Refund(id, Amount(context)),
            "dispute" => Get<CreemMoney>(context).Dispute(id, Amount(context)),
            _ => null,
        });
        Map("refunds/next/{what}", (context, _, what) =>
        {
            Get<CreemWorld>(context).NextRefund = what;
            return new JsonObject { ["next"] = what };
        });
        Map("refunds/{id}/{what}", (context, id, what) => what is "succeeded" or "failed" or "canceled" ? Get<CreemMoney>(context).EndRefund(id, what) : null);

        void Map(string path, Func<HttpContext, string?, string?, JsonObject?> act) => routes.MapPost($"/__creem/{path}", context => ActAsync(context, act));
    }

    private static async Task ActAsync(HttpContext context, Func<HttpContext, string?, string?, JsonObject?> act)
    {
        var (id, what) = ((string?)context.Request.RouteValues["id"], (string?)context.Request.RouteValues["what"]);
        var world = Get<CreemWorld>(context);
        string answer;
        try
        {
            answer = world.Within(() => act(context, id, what)?.ToJsonString(Formats.Plain)) ?? throw CreemRefusal.NoSuch("Control");
        }
        catch (CreemRefusal refusal)
        {
            context.Response.StatusCode = refusal.Status;
            answer = refusal.ToJson("", world.Time).ToJsonString(Formats.Plain);
        }
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer, context.RequestAborted);
    }

    private static long? Amount(HttpContext context) => long.TryParse(context.Request.Query["amount"], NumberStyles.None, CultureInfo.InvariantCulture, out var amount) ? amount : null;

    private static T Get<T>(HttpContext context) where T : notnull => context.RequestServices.GetRequiredService<T>();
}
