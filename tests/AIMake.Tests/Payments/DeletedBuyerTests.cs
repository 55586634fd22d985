using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Payments.Subscriptions;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Payments;

/// <summary>Pages that were open when their buyer deleted the account.</summary>
public sealed class DeletedBuyerTests(StripeShop shop) : IClassFixture<StripeShop>
{
    private static readonly object Small = new { packageId = "small" };

    [Fact]
    public async Task Nobody_can_pay_on_the_page_of_somebody_who_has_left()
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, session) = await StripeShop.OrderAsync(user, Small);

        await DeleteAsync(user);

        Assert.Equal("expired", (await shop.ActAsync($"sessions/{session}/pay")).GetProperty("status").GetString());
        Assert.Equal(1L, await TestDatabase.ExecuteAsync(shop.Server, $"SELECT count(*) FROM payments.orders WHERE id = '{order}' AND state = 'expired'"));
    }

    [Fact]
    public async Task What_is_paid_for_a_deleted_account_all_the_same_is_granted_to_nobody_and_waits_for_a_person()
    {
        var user = await shop.Server.CreateUserAsync();
        var order = await LeaveOpenAndPayAsync(user, Small);

        Assert.Equal(0L, await PaymentsAsync(user));
        var waiting = await WaitingAsync(order);
        Assert.Contains("deleted", waiting.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.True((await (await shop.Admin.Http.GetAsync("/api/admin/books")).DataAsync()).GetProperty("eventsWaiting").GetInt32() > 0);
        await shop.BooksCloseAsync();

        var again = await shop.Server.CreateUserAsync(); // the buyer has come back, and says so
        var (theirs, _) = await StripeShop.OrderAsync(again, Small);
        await (await shop.Admin.Http.PostAsJsonAsync($"/api/admin/orders/{theirs}/match", new { webhookId = waiting.GetProperty("id").GetString() })).DataAsync();
        Assert.Equal(("paid", 1000m), (await StripeShop.StateAsync(again, theirs), await StripeShop.CreditsAsync(again)));
        await shop.BooksCloseAsync();
    }

    [Fact]
    public async Task A_plan_that_begins_for_a_deleted_account_is_ended_before_it_is_charged_again()
    {
        var user = await shop.Server.CreateUserAsync();

        var order = await LeaveOpenAndPayAsync(user, new { planId = "pro" });
        await shop.Server.Services.GetRequiredService<SurplusJob>().RunOnceAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0L, await PaymentsAsync(user));
        Assert.Equal(1L, await TestDatabase.ExecuteAsync(shop.Server, $"SELECT count(*) FROM payments.subscriptions WHERE user_id = '{user.Id}' AND ended_at IS NOT NULL"));
        Assert.Contains("deleted", (await WaitingAsync(order)).GetProperty("error").GetString(), StringComparison.Ordinal);
        await shop.BooksCloseAsync();
    }

    /// <summary>Stripe does not close the page when it is asked to.</summary>
    private async Task<Guid> LeaveOpenAndPayAsync(TestUser user, object what)
    {
        var (order, session) = await StripeShop.OrderAsync(user, what);
        await shop.Stripe.FaultsAsync(new { path = $"/stripe/v1/checkout/sessions/{session}/expire", failStatus = 400 });
        await DeleteAsync(user);
        await shop.ActAsync($"sessions/{session}/pay");
        return order;
    }

    private static async Task DeleteAsync(TestUser user) => await (await user.Http.SendAsync(
        new HttpRequestMessage(HttpMethod.Delete, "/api/auth/me") { Content = JsonContent.Create(new { password = user.Password }) })).DataAsync();

    private Task<object?> PaymentsAsync(TestUser user) => TestDatabase.ExecuteAsync(shop.Server, $"SELECT count(*) FROM payments.payments WHERE user_id = '{user.Id}'");

    private async Task<JsonElement> WaitingAsync(Guid order) =>
        (await (await shop.Admin.Http.GetAsync("/api/admin/webhooks?state=waiting")).DataAsync()).GetProperty("items").EnumerateArray()
        .Single(e => e.GetProperty("orderId") is { ValueKind: JsonValueKind.String } id && id.GetGuid() == order);
}
