using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Payments.Books;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Payments;

/// <summary>Sums that are not the price: tax and coupons the operator set up at Stripe, refunds of parts and of later periods.</summary>
public sealed class StripeSumsTests(StripeShop shop) : IClassFixture<StripeShop>
{
    private static readonly object Small = new { packageId = "small" };
    private static readonly object Pro = new { planId = "pro" };

    [Theory]
    [InlineData(0, 105, 500)]
    [InlineData(100, 0, 400)]
    [InlineData(100, 84, 400)]
    public async Task Tax_and_coupons_change_what_is_paid_and_not_what_is_bought(int discount, int tax, int paid)
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, session) = await StripeShop.OrderAsync(user, Small);
        var page = await shop.ActAsync($"sessions/{session}/pay?discount={discount}&tax={tax}");
        Assert.Equal(("paid", 1000m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
        var payment = Assert.Single(await PaymentsAsync($"orderId={order}"));
        Assert.Equal((paid, tax, discount), (payment.GetProperty("amount").GetInt32(), payment.GetProperty("tax").GetInt32(), payment.GetProperty("discount").GetInt32()));
        await CompareAsync();
        await shop.BooksCloseAsync();

        // In three parts: of the tax too, and nothing is left over.
        foreach (var part in new int?[] { 133, 133, null })
        {
            await (await shop.Admin.Http.PostAsJsonAsync($"/api/admin/orders/{order}/refund", new { reason = "in parts", amount = part })).DataAsync();
        }

        await shop.Stripe.DeliveredAsync();
        Assert.Equal(("refunded", 500m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
        var charged = (await shop.Stripe.PaymentsAsync()).Single(p => p.Order == order.ToString());
        Assert.Equal((page.GetProperty("amount_total").GetInt64(), charged.Amount), (charged.Amount, charged.Refunded));
        await CompareAsync();
        await shop.BooksCloseAsync();
    }

    [Theory]
    [InlineData(1900, 0)]
    [InlineData(500, 294)]
    public async Task A_plan_with_a_coupon_or_tax_brings_its_credits(int discount, int tax)
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, session) = await StripeShop.OrderAsync(user, Pro);
        await shop.ActAsync($"sessions/{session}/pay?discount={discount}&tax={tax}");

        Assert.Equal(("paid", 3500m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
        await CompareAsync();
        await shop.BooksCloseAsync();
    }

    /// <summary>S34.</summary>
    [Theory]
    [InlineData(1, 1, 0, 0)]
    [InlineData(400, 400, 0, 0)]
    [InlineData(500, 400, 0, 0)]
    [InlineData(500, 1, 100, 0)]
    [InlineData(500, 600, 0, 50)]
    [InlineData(400, 500, 0, 100)]
    [InlineData(1000, 500, 500, 0)]
    public async Task Sums_that_do_not_add_up_to_what_was_ordered_are_tampering(int subtotal, int total, int discount, int tax)
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, session) = await StripeShop.OrderAsync(user, Small);
        using var o = JsonDocument.Parse(JsonSerializer.Serialize(new
        {
            id = session, @object = "checkout.session", mode = "payment", status = "complete", payment_status = "paid", client_reference_id = order.ToString(), currency = "usd",
            payment_intent = $"pi_{Guid.NewGuid():N}", amount_subtotal = subtotal, amount_total = total, total_details = new { amount_discount = discount, amount_tax = tax, amount_shipping = 0 },
        }));
        var facts = AIMake.Payments.Stripe.StripeObjects.Session(o.RootElement, TimeProvider.System.GetUtcNow());

        var results = await shop.Server.Services.GetRequiredService<AIMake.Payments.Orders.OrderDesk>().ApplyAsync("stripe", facts, default);

        Assert.Equal(AIMake.Payments.FactVerdict.Refused, Assert.Single(results).Verdict);
        Assert.Equal(("pending", 500m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
    }

    [Fact]
    public async Task Each_period_of_a_plan_can_be_given_back_in_parts_once_and_no_more_than_was_paid()
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, session) = await shop.BuyAsync(user, Pro);
        var subscription = session.GetProperty("subscription").GetString()!;
        await shop.ActAsync($"subscriptions/{subscription}/renew");
        await shop.ActAsync($"subscriptions/{subscription}/renew");
        Assert.Equal(9500m, await StripeShop.CreditsAsync(user));
        var periods = await PaymentsAsync($"subscriptionId={subscription}");
        Assert.Equal([null, null, order.ToString()], periods.Select(p => p.GetProperty("orderId").GetString()));
        var second = $"/api/admin/payments/{periods[1].GetProperty("id").GetString()}/refund";

        var part = await (await shop.Admin.Http.PostAsJsonAsync(second, new { reason = "half of it", amount = 950 })).DataAsync();
        Assert.Equal((950L, 1500m), (part.GetProperty("refunded").GetInt64(), part.GetProperty("clawed").GetDecimal()));
        await (await shop.Admin.Http.PostAsJsonAsync(second, new { reason = "too much", amount = 951 })).FaultAsync(400, "FIELD_OUT_OF_RANGE");
        await (await shop.Admin.Http.PostAsJsonAsync(second, new { reason = "the rest" })).DataAsync();
        await (await shop.Admin.Http.PostAsJsonAsync(second, new { reason = "once more" })).FaultAsync(409, "ORDER_NOT_REFUNDABLE");
        await (await shop.Admin.Http.PostAsJsonAsync(second, new { reason = "" })).FaultAsync(400, "FIELD_INVALID");
        await shop.Stripe.DeliveredAsync();

        Assert.Equal(6500m, await StripeShop.CreditsAsync(user));
        Assert.Equal("paid", await StripeShop.StateAsync(user, order)); // the first period is another payment
        var bought = (await (await user.Http.GetAsync("/api/user/purchases")).DataAsync()).GetProperty("items").EnumerateArray().Select(p => p.GetProperty("state").GetString());
        Assert.Equal(["paid", "refunded", "paid"], bought);
        await CompareAsync();
        await shop.BooksCloseAsync();
    }

    [Fact]
    public async Task A_period_given_back_after_it_was_used_becomes_a_debt()
    {
        var user = await shop.Server.CreateUserAsync();
        var (_, session) = await shop.BuyAsync(user, Pro);
        await shop.ActAsync($"subscriptions/{session.GetProperty("subscription").GetString()}/renew");
        await shop.Admin.Http.PostAsJsonAsync($"/api/admin/users/{user.Id}/credits", new { amount = -6000, reason = "spent, as it were" });
        Assert.Equal(500m, await StripeShop.CreditsAsync(user));

        var periods = await PaymentsAsync($"userId={user.Id}");
        await (await shop.Admin.Http.PostAsJsonAsync($"/api/admin/payments/{periods[0].GetProperty("id").GetString()}/refund", new { reason = "asked for it" })).DataAsync();

        Assert.Equal(-2500m, await StripeShop.CreditsAsync(user));
        await shop.BooksCloseAsync();
    }

    [Fact]
    public async Task The_allowance_ends_when_the_providers_period_does()
    {
        var user = await shop.Server.CreateUserAsync();
        var (_, session) = await shop.BuyAsync(user, Pro);
        for (var period = 0; period < 3; period++)
        {
            var quota = await (await user.Http.GetAsync("/api/user/quota")).DataAsync();
            var seen = await StripeShop.SubscriptionAsync(user);
            Assert.Equal(seen.GetProperty("periodEnd").GetDateTimeOffset(), quota.GetProperty("resetAt").GetDateTimeOffset());
            await shop.ActAsync($"subscriptions/{session.GetProperty("subscription").GetString()}/renew");
        }
    }

    [Fact]
    public async Task The_reason_of_a_grant_by_hand_is_kept_and_its_user_reads_it()
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, _) = await StripeShop.OrderAsync(user, Small);
        await (await shop.Admin.Http.PostAsJsonAsync($"/api/admin/orders/{order}/grant", new { reason = " Paid by bank transfer on 3 May " })).DataAsync();

        Assert.Equal("Paid by bank transfer on 3 May", Assert.Single(await PaymentsAsync($"orderId={order}")).GetProperty("reason").GetString());
        var line = (await (await user.Http.GetAsync("/api/credits/entries")).DataAsync()).GetProperty("items")[0];
        Assert.Equal(("Paid by bank transfer on 3 May", 500m), (line.GetProperty("description").GetString(), line.GetProperty("amount").GetDecimal()));
    }

    private Task<int> CompareAsync() => shop.Server.Services.GetRequiredService<ReconciliationJob>().RunOnceAsync(default);

    private async Task<JsonElement[]> PaymentsAsync(string query) =>
        [.. (await (await shop.Admin.Http.GetAsync($"/api/admin/payments?{query}")).DataAsync()).GetProperty("items").EnumerateArray()];
}
