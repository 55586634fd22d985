using System.Text.Json.Nodes;
using AIMake.Simulator.Hosted;

namespace AIMake.Simulator.Creem;

/// <summary>The pages a buyer sees: a checkout, the lasting link of a product, and the page of a customer's orders.</summary>
internal static class CreemPages
{
    /// <summary>The key that the lasting links of products are signed with.</summary>
    private const string OwnKey = "creem_test_simulated";

    public static void MapCreemPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/creem/checkout/{id}", context => ShowAsync(context));
        routes.MapPost("/creem/checkout/{id}", PayAsync);
        routes.MapGet("/creem/payment/{id}", OpenAsync);
        routes.MapGet("/creem/my-orders/login/{id}", ShowOrdersAsync);
        routes.MapPost("/creem/my-orders/login/{id}", ActOnOrderAsync);
    }

    private static Task ShowAsync(HttpContext context, string? trouble = null)
    {
        var (world, zh) = (World(context), HostedPage.IsChinese(context));
        string Say(string english, string chinese) => zh ? chinese : english;
        var checkout = world.Within(() => world.Find(Id(context), "checkout"));
        if (checkout is null || (string?)checkout["status"] != "pending")
        {
            var why = (string?)checkout?["status"] == "completed" ? Say("This has been paid.", "这笔订单已付款。") : Say("This page is no longer open.", "此页面已失效。");
            return HostedPage.WriteAsync(context, zh, why, $"<h1>{why}</h1>", checkout is null ? 404 : 200);
        }
        var (product, total) = world.Within(() => (world.Product((string?)checkout["product"]), Checkout(context).Total(checkout)));
        var (currency, tax) = ((string)product["currency"]!, CreemWorld.TaxOn(product, total));
        var recurring = (string?)product["billing_type"] == "recurring";
        var email = (string?)world.Find((string?)checkout["customer"], "customer")?["email"];
        return HostedPage.WriteAsync(context, zh, Say("Pay", "付款"), $"""
            <p class="note">{Say("Simulated Creem checkout: no money moves.", "模拟的 Creem 收银台：不会产生真实扣款。")}</p>
            <h1>{HostedPage.Text((string?)product["name"])}</h1>
            <p class="sum">{HostedPage.Money(total + tax, currency)}{(recurring ? $" / {HostedPage.Text((string?)product["recurring_interval"])}" : "")}</p>
            {(tax > 0 ? $"<p class=\"note\">{Say("of which tax", "其中税费")} {HostedPage.Money(tax, currency)}</p>" : "")}
            {(trouble is null ? "" : $"<p class=\"bad\" role=\"alert\">{trouble}</p>")}
            <form method="post">
              <label>{Say("E-mail", "邮箱")}<input name="email" type="email" required value="{HostedPage.Text(email)}"{(email is null ? "" : " readonly")}></label>
              {HostedPage.Button("pay", recurring ? Say("Subscribe", "订阅") : Say("Pay", "付款"), main: true)}
              {HostedPage.Button("fail", Say("Try a card that is declined", "使用会被拒绝的卡"))}
            </form>
            <p class="note">{Say("To give up, close the page: Creem has no way back.", "如需放弃，直接关闭页面即可：Creem 没有返回按钮。")}</p>
            """);
    }

    private static async Task PayAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var world = World(context);
        if (form["what"] != "pay" || world.Within(() => (string?)world.Find(Id(context), "checkout")?["status"]) != "pending")
        {
            await ShowAsync(context, HostedPage.IsChinese(context) ? "银行拒绝了这张卡，请换一张。" : "The card was declined. Try another one.");
            return;
        }
        var address = world.Within(() => Checkout(context).ReturnOf(Checkout(context).Pay(Id(context), form["email"].ToString() is { Length: > 0 } email ? email : null)));
        await HostedPage.GoAsync(context, address ?? context.Request.Path.Value!);
    }

    /// <summary>A product's own link: a new checkout of which the seller knows nothing.</summary>
    private static Task OpenAsync(HttpContext context)
    {
        var world = World(context);
        try
        {
            var made = world.Within(() => Checkout(context).Make(new JsonObject { ["product_id"] = Id(context) }, "/creem/checkout", OwnKey));
            return HostedPage.GoAsync(context, $"/creem/checkout/{(string)made["id"]!}");
        }
        catch (CreemRefusal refusal)
        {
            return HostedPage.WriteAsync(context, false, "404", $"<h1>{HostedPage.Text(refusal.Message)}</h1>", refusal.Status);
        }
    }

    private static Task ShowOrdersAsync(HttpContext context)
    {
        var (world, zh) = (World(context), HostedPage.IsChinese(context));
        var mine = world.Within(() => world.All("subscription").Where(each => (string?)each["customer"] == Id(context)).ToList());
        var rows = string.Concat(mine.Select(each => Row(world, each, zh)));
        return HostedPage.WriteAsync(context, zh, zh ? "我的订阅" : "Your subscriptions", $"""
            <p class="note">{(zh ? "模拟的 Creem 客户中心。" : "Simulated Creem customer portal.")}</p>
            <h1>{(zh ? "我的订阅" : "Your subscriptions")}</h1>
            {(rows.Length == 0 ? $"<p>{(zh ? "没有订阅。" : "There are none.")}</p>" : rows)}
            """);
    }

    private static string Row(CreemWorld world, JsonObject it, bool zh)
    {
        var product = world.Product((string?)it["product"]);
        var button = (string?)it["status"] switch
        {
            "canceled" => "",
            "scheduled_cancel" or "paused" => HostedPage.Button("resume", zh ? "恢复订阅" : "Keep the subscription", main: true),
            _ => HostedPage.Button("cancel", zh ? "取消订阅" : "Cancel the subscription"),
        };
        return $"""
            <dl><dt>{HostedPage.Text((string?)product["name"])}</dt><dd>{HostedPage.Money((long)product["price"]!, (string)product["currency"]!)}</dd><dt>{HostedPage.Text((string?)it["status"])}</dt><dd>{HostedPage.Text(((string)it["current_period_end_date"]!)[..10])}</dd></dl>
            <form method="post"><input type="hidden" name="subscription" value="{HostedPage.Text((string?)it["id"])}">{button}</form>
            """;
    }

    private static async Task ActOnOrderAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (world, subscriptions) = (World(context), context.RequestServices.GetRequiredService<CreemSubscriptions>());
        world.Within(() =>
        {
            if (world.Find(form["subscription"], "subscription") is not { } it || (string?)it["customer"] != Id(context)) return false;
            var (id, status) = ((string)it["id"]!, (string)it["status"]!);
            if (form["what"] == "resume" && status is "scheduled_cancel" or "paused") subscriptions.Resume(id);
            if (form["what"] == "cancel" && status != "canceled") subscriptions.Cancel(id, "scheduled", null);
            return true;
        });
        await HostedPage.GoAsync(context, context.Request.Path);
    }

    private static CreemWorld World(HttpContext context) => context.RequestServices.GetRequiredService<CreemWorld>();

    private static CreemCheckout Checkout(HttpContext context) => context.RequestServices.GetRequiredService<CreemCheckout>();

    private static string? Id(HttpContext context) => (string?)context.Request.RouteValues["id"];
}
