using System.Net.Http.Json;
using AIMake.Payments.Books;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Payments;

/// <summary>What no notice told is found at night: by the events Stripe could not bring and, where it lists none, by its own books.</summary>
public sealed class NightlyComparisonTests(StripeShop shop) : IClassFixture<StripeShop>
{
    private static readonly object Small = new { packageId = "small" };
    private static readonly object Pro = new { planId = "pro" };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_dispute_nobody_was_told_of_is_booked_and_so_is_its_end(bool eventsAreListed)
    {
        await using var _ = await UntoldAsync(eventsAreListed);
        foreach (var (end, state, credits) in new[] { ("won", "paid", 1000m), ("lost", "chargedBack", 500m) })
        {
            var user = await shop.Server.CreateUserAsync();
            var (order, session) = await StripeShop.OrderAsync(user, Small);
            var paid = await shop.ActAsync($"sessions/{session}/pay");
            var dispute = await shop.ActAsync($"payments/{paid.GetProperty("payment_intent").GetString()}/dispute");
            Assert.True(await CompareAsync() >= 2);
            Assert.Equal(("disputed", 500m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
            await shop.BooksCloseAsync();

            await shop.ActAsync($"disputes/{dispute.GetProperty("id").GetString()}/{end}");
            Assert.True(await CompareAsync() >= 1);

            Assert.Equal((state, credits), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
            await shop.BooksCloseAsync();
            Assert.Equal(0, await CompareAsync());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refund_nobody_was_told_of_is_booked_and_so_is_its_failing(bool eventsAreListed)
    {
        await using var _ = await UntoldAsync(eventsAreListed);
        var user = await shop.Server.CreateUserAsync();
        var (order, session) = await StripeShop.OrderAsync(user, Small);
        var paid = await shop.ActAsync($"sessions/{session}/pay");
        var refund = await shop.ActAsync($"payments/{paid.GetProperty("payment_intent").GetString()}/refund?amount=200");
        await CompareAsync();
        Assert.Equal(("partlyRefunded", 800m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
        await shop.BooksCloseAsync();

        await shop.ActAsync($"refunds/{refund.GetProperty("id").GetString()}/failed");
        await CompareAsync();

        Assert.Equal(("paid", 1000m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
        await shop.BooksCloseAsync();
        Assert.Equal(0, await CompareAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_plan_nobody_was_told_of_its_renewal_and_the_dispute_of_it_are_booked(bool eventsAreListed)
    {
        await using var _ = await UntoldAsync(eventsAreListed);
        var user = await shop.Server.CreateUserAsync();
        var (order, session) = await StripeShop.OrderAsync(user, Pro);
        var subscription = (await shop.ActAsync($"sessions/{session}/pay")).GetProperty("subscription").GetString()!;
        await shop.ActAsync($"subscriptions/{subscription}/renew");
        await CompareAsync();
        Assert.Equal(("paid", 6500m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));

        var renewal = (await shop.Stripe.PaymentsAsync()).Last(p => p.Subscription == subscription);
        await shop.ActAsync($"payments/{renewal.Id}/dispute");
        await CompareAsync();

        Assert.Equal(3500m, await StripeShop.CreditsAsync(user));
        await shop.BooksCloseAsync();
        Assert.Equal(0, await CompareAsync());
    }

    [Fact]
    public async Task What_could_not_be_brought_is_kept_like_any_other_event()
    {
        await using var _ = await UntoldAsync(eventsAreListed: true);
        var user = await shop.Server.CreateUserAsync();
        var (order, session) = await StripeShop.OrderAsync(user, Small);
        await shop.ActAsync($"sessions/{session}/pay");

        await CompareAsync();

        Assert.Equal("paid", await StripeShop.StateAsync(user, order));
        Assert.Equal(1L, await TestDatabase.ExecuteAsync(shop.Server, $"SELECT count(*) FROM payments.inbox WHERE order_id = '{order}' AND type = 'checkout.session.completed' AND outcome = 'applied'"));
    }

    [Fact]
    public async Task How_a_dispute_at_Stripe_ends_is_not_for_a_person_to_say()
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, session) = await shop.BuyAsync(user, Small);
        var dispute = await shop.ActAsync($"payments/{session.GetProperty("payment_intent").GetString()}/dispute");

        var seen = (await (await shop.Admin.Http.GetAsync($"/api/admin/disputes?state=open&orderId={order}")).DataAsync()).GetProperty("items")[0];
        Assert.Equal((dispute.GetProperty("id").GetString(), 500L, false), (seen.GetProperty("disputeId").GetString(), seen.GetProperty("amount").GetInt64(), seen.GetProperty("byHand").GetBoolean()));
        var path = $"/api/admin/disputes/stripe/{dispute.GetProperty("id").GetString()}";
        await (await shop.Admin.Http.PostAsJsonAsync(path, new { outcome = "won", reason = "I think so" })).FaultAsync(409, "DISPUTE_FOLLOWS_PROVIDER");
        await (await shop.Admin.Http.PostAsJsonAsync(path, new { outcome = "maybe", reason = "?" })).FaultAsync(400, "FIELD_INVALID");
        await (await shop.Admin.Http.PostAsJsonAsync("/api/admin/disputes/stripe/dp_none", new { outcome = "won", reason = "x" })).FaultAsync(404, "NOT_FOUND");
    }

    private Task<int> CompareAsync() => shop.Server.Services.GetRequiredService<ReconciliationJob>().RunOnceAsync(default);

    /// <summary>Until it is disposed of, Stripe tells nothing by itself.</summary>
    private async Task<Silence> UntoldAsync(bool eventsAreListed)
    {
        await shop.Stripe.ControlAsync("/__deliveries", new { provider = "stripe", lose = true });
        if (!eventsAreListed)
        {
            await shop.Stripe.FaultsAsync(new { path = "/stripe/v1/events", failStatus = 403 });
        }

        return new Silence(shop);
    }

    private sealed class Silence(StripeShop shop) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await shop.Stripe.ControlAsync("/__deliveries", new { provider = "stripe" });
            await shop.Stripe.FaultsAsync(new { path = "/stripe/v1/events" });
        }
    }
}
