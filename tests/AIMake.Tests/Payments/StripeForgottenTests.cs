using System.Net.Http.Json;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Payments;

/// <summary>A subscription that stands here and at Stripe nowhere: its owner is not kept by it.</summary>
public sealed class StripeForgottenTests(StripeShop shop) : IClassFixture<StripeShop>
{
    [Fact]
    public async Task Canceled_a_subscription_that_Stripe_does_not_know_has_ended()
    {
        var user = await ForgottenAsync();

        var canceled = await (await user.Http.DeleteAsync("/api/subscription")).DataAsync();

        Assert.Equal(("free", "canceled"), (canceled.GetProperty("plan").GetString(), canceled.GetProperty("status").GetString()));
        await (await user.Http.DeleteAsync("/api/subscription")).FaultAsync(409, "NOT_SUBSCRIBED");
        Assert.NotEmpty((await StripeShop.OrderAsync(user, new { planId = "team" })).Session); // another can be bought
        await shop.BooksCloseAsync();
    }

    [Fact]
    public async Task Neither_its_portal_nor_another_plan_is_to_be_had_and_both_say_why()
    {
        var (portal, change) = (await ForgottenAsync(), await ForgottenAsync());

        await (await portal.Http.PostAsync("/api/subscription/portal", null)).FaultAsync(409, "NOT_SUBSCRIBED");
        await (await change.Http.PostAsJsonAsync("/api/subscription", new { planId = "team" })).FaultAsync(409, "NOT_SUBSCRIBED");

        Assert.All([portal, change], user => Assert.Equal("canceled", StripeShop.SubscriptionAsync(user).Result.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task It_does_not_keep_an_account_from_being_deleted()
    {
        var user = await ForgottenAsync();

        await (await user.Http.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/auth/me") { Content = JsonContent.Create(new { password = user.Password }) })).DataAsync();

        Assert.Equal(1L, await TestDatabase.ExecuteAsync(shop.Server, $"SELECT count(*) FROM payments.subscriptions WHERE user_id = '{user.Id}' AND ended_at IS NOT NULL"));
    }

    /// <summary>Only that it is not there ends it: an address that leads nowhere, a wrong key and a broken provider say nothing of it.</summary>
    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task A_refusal_that_does_not_say_so_ends_nothing(int status)
    {
        var user = await ForgottenAsync();
        var path = $"/stripe/v1/subscriptions/sub_{user.Id:N}";
        await shop.Stripe.FaultsAsync(new { path, failStatus = status });

        await (await user.Http.DeleteAsync("/api/subscription")).FaultAsync(502, "PAYMENT_PROVIDER_FAILED");

        await shop.Stripe.FaultsAsync(new { path });
        Assert.Equal("active", (await StripeShop.SubscriptionAsync(user)).GetProperty("status").GetString());
    }

    /// <summary>Somebody who subscribed at a Stripe that has forgotten all about it.</summary>
    private async Task<TestUser> ForgottenAsync()
    {
        var user = await shop.Server.CreateUserAsync();
        await shop.BuyAsync(user, new { planId = "pro" });
        await TestDatabase.ExecuteAsync(
            shop.Server,
            $"""
             WITH c AS (UPDATE payments.customers SET customer_id = 'cus_{user.Id:N}' WHERE user_id = '{user.Id}')
             UPDATE payments.subscriptions SET subscription_id = 'sub_{user.Id:N}', customer_id = 'cus_{user.Id:N}' WHERE user_id = '{user.Id}'
             """);
        return user;
    }
}
