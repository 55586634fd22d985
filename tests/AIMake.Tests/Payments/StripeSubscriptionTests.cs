using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Payments;

/// <summary>Plans through a simulated Stripe. A period ends there when the test says so, whatever the clock shows here.</summary>
public sealed class StripeSubscriptionTests(StripeShop shop) : IClassFixture<StripeShop>
{
    private static readonly object Pro = new { planId = "pro" };

    [Fact]
    public async Task A_plan_begins_with_its_first_payment_and_brings_each_periods_credits()
    {
        var (user, sub) = await SubscribeAsync();
        Assert.Equal(("pro", "active", 3500m), await StandingAsync(user));

        await shop.ActAsync($"subscriptions/{sub}/renew");

        Assert.Equal(("pro", "active", 6500m), await StandingAsync(user));
        var purchases = (await (await user.Http.GetAsync("/api/user/purchases")).DataAsync()).GetProperty("items");
        Assert.Equal(2, purchases.GetArrayLength());
        await shop.BooksCloseAsync();
    }

    [Fact]
    public async Task An_administrator_refunds_a_plans_first_period_though_no_notice_named_its_payment()
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, _) = await shop.BuyAsync(user, Pro);
        await (await shop.Admin.Http.PostAsJsonAsync($"/api/admin/orders/{order}/refund", new { reason = "asked for it" })).DataAsync();
        await shop.Stripe.DeliveredAsync();
        Assert.Equal(("refunded", 500m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
        await shop.BooksCloseAsync();
    }

    /// <summary>F34: the events of a purchase, each three times, released together in any order.</summary>
    [Fact]
    public async Task In_whatever_order_its_notices_come_the_end_is_the_same()
    {
        for (var round = 0; round < 6; round++)
        {
            var user = await shop.Server.CreateUserAsync();
            var (order, session) = await StripeShop.OrderAsync(user, Pro);
            await shop.Stripe.ControlAsync("/__deliveries", new { provider = "stripe", hold = true, copies = 3 });
            await shop.ActAsync($"sessions/{session}/pay");
            await shop.Stripe.ControlAsync("/__deliveries", new { provider = "stripe" });
            await shop.Stripe.ControlAsync("/__deliveries/release");
            await shop.Stripe.DeliveredAsync();

            Assert.Equal(("pro", "active", 3500m), await StandingAsync(user));
            Assert.Equal("paid", await StripeShop.StateAsync(user, order));
        }
    }

    [Fact]
    public async Task Canceled_it_runs_to_its_end_and_can_be_taken_back_until_then()
    {
        var (user, sub) = await SubscribeAsync();

        var canceled = await (await user.Http.DeleteAsync("/api/subscription")).DataAsync();
        Assert.Equal(canceled.GetProperty("periodEnd").GetDateTimeOffset(), canceled.GetProperty("endsAt").GetDateTimeOffset());
        var resumed = await (await user.Http.PostAsync("/api/subscription/resume", null)).DataAsync();
        Assert.Equal(JsonValueKind.Null, resumed.GetProperty("endsAt").ValueKind);
        await (await user.Http.DeleteAsync("/api/subscription")).DataAsync();
        await shop.Stripe.DeliveredAsync();
        Assert.Equal("pro", (await StandingAsync(user)).Plan);

        await shop.ActAsync($"subscriptions/{sub}/renew");

        Assert.Equal(("free", "canceled", 3500m), await StandingAsync(user)); // what was paid for stays until its period ends
        await (await user.Http.PostAsync("/api/subscription/resume", null)).FaultAsync(409, "NOT_SUBSCRIBED");
        await (await user.Http.DeleteAsync("/api/subscription")).FaultAsync(409, "NOT_SUBSCRIBED");
    }

    [Fact]
    public async Task A_cancellation_in_the_portal_has_another_shape_and_means_the_same()
    {
        var (user, sub) = await SubscribeAsync();

        await shop.ActAsync($"subscriptions/{sub}/cancel-in-portal");
        var seen = await StripeShop.SubscriptionAsync(user);
        Assert.Equal(seen.GetProperty("periodEnd").GetDateTimeOffset(), seen.GetProperty("endsAt").GetDateTimeOffset());
        var resumed = await (await user.Http.PostAsync("/api/subscription/resume", null)).DataAsync();

        Assert.Equal(JsonValueKind.Null, resumed.GetProperty("endsAt").ValueKind);
    }

    [Fact]
    public async Task An_overdue_plan_is_kept_for_days_of_grace_and_recovers_or_ends()
    {
        var (user, sub) = await SubscribeAsync();
        await shop.ActAsync($"subscriptions/{sub}/decline");
        Assert.Equal(("pro", "pastDue", 3500m), await StandingAsync(user));
        Assert.NotEqual(JsonValueKind.Null, (await StripeShop.SubscriptionAsync(user)).GetProperty("graceEndsAt").ValueKind);

        await shop.ActAsync($"subscriptions/{sub}/recover");
        Assert.Equal(("pro", "active", 6500m), await StandingAsync(user));
        await shop.ActAsync($"subscriptions/{sub}/decline");
        await shop.ActAsync($"subscriptions/{sub}/unpaid");
        Assert.Equal(("free", "unpaid", 6500m), await StandingAsync(user));
        await shop.ActAsync($"subscriptions/{sub}/give-up");

        Assert.Equal(("free", "canceled", 6500m), await StandingAsync(user));
    }

    [Fact]
    public async Task A_higher_plan_counts_at_once_and_the_difference_buys_its_share()
    {
        var (user, sub) = await SubscribeAsync();

        var changed = await ChangeAsync(user, "team");

        Assert.Equal("team", changed.GetProperty("plan").GetString());
        var (item, amount, credits) = await LastPurchaseAsync(user);
        Assert.Equal(("team", ShareOfTeam(amount)), (item, credits));
        Assert.InRange(amount, 5990, 6000);
        Assert.Equal(("team", "active", 3500m + credits), await StandingAsync(user));
        await (await user.Http.PostAsJsonAsync("/api/subscription", new { planId = "team" })).FaultAsync(409, "ALREADY_SUBSCRIBED");
        await shop.ActAsync($"subscriptions/{sub}/renew");
        Assert.Equal(("team", "active", 19500m + credits), await StandingAsync(user));
        await shop.BooksCloseAsync();
    }

    [Fact]
    public async Task A_lower_plan_gives_nothing_back_and_its_next_period_is_paid_for()
    {
        var (user, sub) = await SubscribeAsync();
        await ChangeAsync(user, "team");
        var bought = await LastPurchaseAsync(user);

        await ChangeAsync(user, "pro");
        Assert.Equal(("pro", "active", 3500m + bought.Credits), await StandingAsync(user));
        Assert.Equal(bought, await LastPurchaseAsync(user));
        await shop.ActAsync($"subscriptions/{sub}/renew");

        Assert.Equal(("pro", "active", 6500m + bought.Credits), await StandingAsync(user));
        Assert.Equal(("pro", 1900, 3000m), await LastPurchaseAsync(user));
        await shop.BooksCloseAsync();
    }

    [Fact]
    public async Task Every_way_up_brings_what_is_paid_for_it()
    {
        var (user, _) = await SubscribeAsync();
        await ChangeAsync(user, "team");
        var (_, _, first) = await LastPurchaseAsync(user);
        await ChangeAsync(user, "pro");

        await ChangeAsync(user, "team");

        var (item, amount, again) = await LastPurchaseAsync(user);
        Assert.Equal(("team", ShareOfTeam(amount)), (item, again));
        Assert.Equal(("team", "active", 3500m + first + again), await StandingAsync(user));
        await shop.BooksCloseAsync();
    }

    /// <summary>Stripe's snapshot of the metadata may be of before the change, and its notice may come before anything else tells of it.</summary>
    [Fact]
    public void An_invoice_of_a_change_that_names_the_plan_before_is_read_by_its_lines()
    {
        using var o = JsonDocument.Parse(JsonSerializer.Serialize(new
        {
            id = "in_stale", billing_reason = "subscription_update", amount_paid = 6000, subtotal = 6000, currency = "usd",
            parent = new { subscription_details = new { subscription = "sub_1", metadata = new { plan = "pro" } } },
            total_taxes = new[] { new { amount = 0, tax_behavior = "exclusive" } },
            lines = new
            {
                data = new[]
                {
                    new { amount = -1900, period = new { start = 1760000000, end = 1762678400 }, pricing = new { price_details = new { price = "price_pro_1900_usd_month" } } },
                    new { amount = 7900, period = new { start = 1760000000, end = 1762678400 }, pricing = new { price_details = new { price = "price_team_7900_usd_month" } } },
                },
            },
        }));

        var fact = Assert.IsType<AIMake.Payments.PeriodPaid>(Assert.Single(AIMake.Payments.Stripe.StripeObjects.Invoice(o.RootElement, TimeProvider.System.GetUtcNow())));

        Assert.Equal((null, "price_team_7900_usd_month", 6000L), (fact.Plan, fact.Price, fact.Amount));
    }

    [Fact]
    public async Task Premium_is_who_pays_for_a_plan_and_as_long_as_they_do()
    {
        var (user, sub) = await SubscribeAsync();
        Assert.Equal("premium", await RankAsync(user));

        await shop.ActAsync($"subscriptions/{sub}/decline");
        await shop.ActAsync($"subscriptions/{sub}/give-up");

        Assert.Equal("user", await RankAsync(user));
    }

    private static async Task<string?> RankAsync(TestUser user) => (await (await user.Http.GetAsync("/api/auth/me")).DataAsync()).GetProperty("role").GetString();

    [Fact]
    public async Task Who_deletes_their_account_is_not_charged_afterwards()
    {
        var (user, sub) = await SubscribeAsync();
        await shop.Stripe.FaultsAsync(new { path = $"/stripe/v1/subscriptions/{sub}", failStatus = 400 });
        await (await DeleteAsync(user)).FaultAsync(409, "SUBSCRIPTION_RUNNING"); // nobody would be left to cancel it
        await shop.Stripe.FaultsAsync(new { path = $"/stripe/v1/subscriptions/{sub}" });

        await (await DeleteAsync(user)).DataAsync(); // cancels it there
        await shop.ActAsync($"subscriptions/{sub}/renew"); // its end, and a notice about somebody who has left

        Assert.Equal(1L, await TestDatabase.ExecuteAsync(shop.Server, $"SELECT count(*) FROM payments.payments WHERE user_id = '{user.Id}'"));
        Assert.Equal(0L, await TestDatabase.ExecuteAsync(shop.Server, $"SELECT count(*) FROM payments.customers WHERE user_id = '{user.Id}'"));
    }

    private static Task<HttpResponseMessage> DeleteAsync(TestUser user) =>
        user.Http.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/auth/me") { Content = JsonContent.Create(new { password = user.Password }) });

    [Fact]
    public async Task There_is_one_subscription_at_a_time()
    {
        var (user, _) = await SubscribeAsync();

        await (await user.Http.PostAsJsonAsync("/api/payments/stripe", new { planId = "team" })).FaultAsync(409, "ALREADY_SUBSCRIBED");
    }

    [Fact]
    public async Task Subscribing_answers_with_the_page_to_pay_on_and_the_portal_opens_for_who_bought()
    {
        var user = await shop.Server.CreateUserAsync();
        await (await user.Http.PostAsync("/api/subscription/portal", null)).FaultAsync(409, "NOT_SUBSCRIBED");

        var begun = await (await user.Http.PostAsJsonAsync("/api/subscription", Pro)).DataAsync();
        Assert.Equal(("free", "none"), (begun.GetProperty("plan").GetString(), begun.GetProperty("status").GetString()));
        await shop.ActAsync($"sessions/{begun.GetProperty("checkoutUrl").GetString()!.Split('/')[^1]}/pay");

        var portal = await (await user.Http.PostAsync("/api/subscription/portal", null)).DataAsync();
        Assert.StartsWith(shop.Stripe.Http.BaseAddress!.ToString(), portal.GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refunded_period_takes_its_credits_back_though_its_notice_names_no_invoice()
    {
        var (user, _) = await SubscribeAsync();
        var charge = (await shop.Stripe.PaymentsAsync()).Single(p => p.Subscription is not null && p.Subscription == shop.LastSubscription);

        await shop.ActAsync($"payments/{charge.Id}/refund");

        Assert.Equal(500m, await StripeShop.CreditsAsync(user));
        await shop.BooksCloseAsync();
    }

    private async Task<JsonElement> ChangeAsync(TestUser user, string plan)
    {
        var changed = await (await user.Http.PostAsJsonAsync("/api/subscription", new { planId = plan, provider = "stripe" })).DataAsync();
        await shop.Stripe.DeliveredAsync();
        return changed;
    }

    private static async Task<(string? Item, long Amount, decimal Credits)> LastPurchaseAsync(TestUser user)
    {
        var last = (await (await user.Http.GetAsync("/api/user/purchases")).DataAsync()).GetProperty("items")[0];
        return (last.GetProperty("item").GetString(), last.GetProperty("amount").GetInt64(), last.GetProperty("credits").GetDecimal());
    }

    /// <summary>16,000 credits for 79.00; millionths are rounded down.</summary>
    private static decimal ShareOfTeam(long amount) => decimal.Floor(16_000_000_000m * amount / 7900) / 1_000_000;

    private async Task<(TestUser User, string Subscription)> SubscribeAsync()
    {
        var user = await shop.Server.CreateUserAsync();
        var (_, session) = await shop.BuyAsync(user, Pro);
        shop.LastSubscription = session.GetProperty("subscription").GetString()!;
        return (user, shop.LastSubscription);
    }

    private static async Task<(string Plan, string Status, decimal Credits)> StandingAsync(TestUser user)
    {
        var seen = await StripeShop.SubscriptionAsync(user);
        return (seen.GetProperty("plan").GetString()!, seen.GetProperty("status").GetString()!, await StripeShop.CreditsAsync(user));
    }
}
