using System.Globalization;
using System.Text.Json.Nodes;
using AIMake.Simulator.Hosted;

namespace AIMake.Simulator.Stripe;

/// <summary>The pages a customer sees: where a session is paid, and the portal.</summary>
internal static class StripePages
{
    public static void MapStripePages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/stripe/pay/{id}", context => ShowAsync(context));
        routes.MapPost("/stripe/pay/{id}", PayAsync);
        routes.MapGet("/stripe/portal/{id}", ShowPortalAsync);
        routes.MapPost("/stripe/portal/{id}", ActInPortalAsync);
    }

    /// <summary>Where the customer goes after paying.</summary>
    public static string SuccessOf(JsonObject session) => ((string)session["success_url"]!)
        .Replace("{CHECKOUT_SESSION_ID}", (string)session["id"]!, StringComparison.Ordinal).Replace("%7BCHECKOUT_SESSION_ID%7D", (string)session["id"]!, StringComparison.OrdinalIgnoreCase);

    private static Task ShowAsync(HttpContext context, string? trouble = null)
    {
        var (world, id) = (World(context), Id(context));
        var session = world.Within(() => world.Find(id, "checkout.session") is null ? null : Checkout(context).Session(id));
        var zh = HostedPage.IsChinese(context, (string?)session?["locale"]);
        string Say(string english, string chinese) => zh ? chinese : english;
        if (session is null || (string?)session["status"] != "open")
        {
            var why = (string?)session?["status"] == "complete" ? Say("This has been paid.", "这笔订单已付款。") : Say("This page is no longer open.", "此页面已失效。");
            return HostedPage.WriteAsync(context, zh, why, $"<h1>{why}</h1>", session is null ? 404 : 200);
        }
        var recurring = (string?)session["mode"] == "subscription";
        var lines = string.Concat(world.Lines[id!].Select(line => $"<dt>{HostedPage.Text((string?)line!["description"])} × {line["quantity"]}</dt><dd>{HostedPage.Money((long)line["amount_total"]!, (string)line["currency"]!)}</dd>"));
        var interval = recurring ? (string?)world.Lines[id!][0]!["price"]!["recurring"]?["interval"] : null;
        var every = interval is null ? "" : zh ? $" / {(interval == "year" ? "年" : interval == "month" ? "月" : interval == "week" ? "周" : "天")}" : $" / {interval}";
        var email = (string?)session["customer_email"] ?? (string?)world.Find((string?)session["customer"], "customer")?["email"];
        return HostedPage.WriteAsync(context, zh, Say("Pay", "付款"), $"""
            <p class="note">{Say("Simulated Stripe checkout: no money moves.", "模拟的 Stripe 收银台：不会产生真实扣款。")}</p>
            <h1>{(recurring ? Say("Subscribe", "订阅") : Say("Pay", "付款"))}</h1>
            <p class="sum">{HostedPage.Money((long)session["amount_total"]!, (string)session["currency"]!)}{every}</p>
            <dl>{lines}</dl>
            {(trouble is null ? "" : $"<p class=\"bad\" role=\"alert\">{trouble}</p>")}
            <form method="post">
              <label>{Say("E-mail", "邮箱")}<input name="email" type="email" required value="{HostedPage.Text(email)}"{(email is null ? "" : " readonly")}></label>
              {HostedPage.Button("pay", recurring ? Say("Subscribe", "订阅") : Say("Pay", "付款"), main: true)}
              {(recurring ? "" : HostedPage.Button("later", Say("Pay by transfer: money arrives later", "转账付款：稍后到账")))}
              {(recurring ? "" : HostedPage.Button("never", Say("Pay by transfer: money never arrives", "转账付款：始终不到账")))}
              {HostedPage.Button("fail", Say("Try a card that is declined", "使用会被拒绝的卡"))}
            </form>
            <form method="post">{HostedPage.Button("cancel", Say("Back to the shop", "返回商家"))}</form>
            """);
    }

    private static async Task PayAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (world, id, what) = (World(context), Id(context), form["what"].ToString());
        var email = form["email"].ToString() is { Length: > 0 } typed ? typed : null;
        var session = world.Within(() => world.Find(id, "checkout.session"));
        if (session is null || (what != "cancel" && world.Within(() => (string?)Checkout(context).Session(id)["status"]) != "open")) await ShowAsync(context);
        else if (what == "fail")
        {
            world.Within(() => Checkout(context).Fail(id));
            await ShowAsync(context, HostedPage.IsChinese(context, (string?)session["locale"]) ? "银行拒绝了这张卡，请换一张。" : "The card was declined. Try another one.");
        }
        else if (what == "cancel")
        {
            await HostedPage.GoAsync(context, (string?)session["cancel_url"]);
        }
        else
        {
            world.Within(() => Checkout(context).Pay(id, atOnce: what == "pay", email));
            if (what != "pay") _ = SettleLaterAsync(context.RequestServices, id!, comes: what == "later");
            await HostedPage.GoAsync(context, SuccessOf(session));
        }
    }

    /// <summary>What takes days there takes seconds here.</summary>
    private static async Task SettleLaterAsync(IServiceProvider services, string id, bool comes)
    {
        var (world, checkout) = (services.GetRequiredService<StripeWorld>(), services.GetRequiredService<StripeCheckout>());
        await Task.Delay(TimeSpan.FromSeconds(5));
        world.Within(() => checkout.Settle(id, comes));
    }

    private static Task ShowPortalAsync(HttpContext context)
    {
        var world = World(context);
        var portal = world.Within(() => world.Find(Id(context), "billing_portal.session"));
        var zh = HostedPage.IsChinese(context, (string?)portal?["locale"]);
        if (portal is null) return HostedPage.WriteAsync(context, zh, "404", $"<h1>{(zh ? "此页面已失效。" : "This page is no longer open.")}</h1>", 404);
        var only = (string?)portal["flow"]?["subscription_cancel"]?["subscription"];
        var subscriptions = world.Within(() => world.All("subscription").Where(each => (string?)each["customer"] == (string?)portal["customer"] && (only is null || (string?)each["id"] == only)).ToList());
        var rows = string.Concat(subscriptions.Select(each => Row(each, zh)));
        var back = (string?)(portal["flow"]?["after_completion"]?["redirect"]?["return_url"] ?? portal["return_url"]);
        return HostedPage.WriteAsync(context, zh, zh ? "我的订阅" : "Your subscriptions", $"""
            <p class="note">{(zh ? "模拟的 Stripe 客户中心。" : "Simulated Stripe customer portal.")}</p>
            <h1>{(zh ? "我的订阅" : "Your subscriptions")}</h1>
            {(rows.Length == 0 ? $"<p>{(zh ? "没有订阅。" : "There are none.")}</p>" : rows)}
            {(back is null ? "" : $"<p><a href=\"{HostedPage.Text(back)}\">{(zh ? "返回商家" : "Back to the shop")}</a></p>")}
            """);
    }

    private static string Row(JsonObject subscription, bool zh)
    {
        var price = subscription["items"]!["data"]![0]!["price"]!;
        var end = DateTimeOffset.FromUnixTimeSeconds(StripeSubscriptions.EndOf(subscription)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var (status, ending) = ((string)subscription["status"]!, subscription["cancel_at"] is not null || (bool)subscription["cancel_at_period_end"]!);
        var state = status switch
        {
            "canceled" => zh ? "已结束" : "ended",
            "past_due" or "unpaid" => zh ? "付款失败" : "payment failed",
            _ when ending => zh ? $"{end} 到期后结束" : $"ends on {end}",
            _ => zh ? $"{end} 续订" : $"renews on {end}",
        };
        var button = status == "canceled" ? "" : ending ? HostedPage.Button("resume", zh ? "恢复订阅" : "Keep the subscription", main: true) : HostedPage.Button("cancel", zh ? "取消订阅" : "Cancel the subscription");
        return $"""
            <dl><dt>{HostedPage.Text((string?)price["nickname"])}</dt><dd>{HostedPage.Money((long)price["unit_amount"]!, (string)price["currency"]!)}</dd><dt>{HostedPage.Text(state)}</dt><dd></dd></dl>
            <form method="post"><input type="hidden" name="subscription" value="{HostedPage.Text((string?)subscription["id"])}">{button}</form>
            """;
    }

    private static async Task ActInPortalAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (world, subscriptions) = (World(context), context.RequestServices.GetRequiredService<StripeSubscriptions>());
        var portal = world.Within(() => world.Find(Id(context), "billing_portal.session"));
        var mine = world.Within(() => world.Find(form["subscription"], "subscription") is { } it && (string?)it["customer"] == (string?)portal?["customer"] ? it : null);
        if (mine is not null) world.Within(() => form["what"] == "resume" ? subscriptions.ResumeInPortal((string?)mine["id"]) : subscriptions.CancelInPortal((string?)mine["id"]));
        await HostedPage.GoAsync(context, (string?)portal?["flow"]?["after_completion"]?["redirect"]?["return_url"] ?? context.Request.Path);
    }

    private static StripeWorld World(HttpContext context) => context.RequestServices.GetRequiredService<StripeWorld>();

    private static StripeCheckout Checkout(HttpContext context) => context.RequestServices.GetRequiredService<StripeCheckout>();

    private static string? Id(HttpContext context) => (string?)context.Request.RouteValues["id"];
}
