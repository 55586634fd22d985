using AIMake.Tests.Hosting;

namespace AIMake.Tests.Payments.Creem;

/// <summary>A subscription that stands here and at Creem nowhere.</summary>
public sealed class CreemForgottenTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_subscription_that_Creem_does_not_know_has_ended_and_one_it_refuses_to_speak_of_has_not()
    {
        await using var shop = await CreemShop.OpenAsync();
        var user = await shop.Server.CreateUserAsync();
        await shop.PayAsync(await CreemShop.OrderAsync(user.Http, what: new { planId = "pro" }));
        await TestDatabase.ExecuteAsync(shop.Server, $"UPDATE payments.subscriptions SET subscription_id = 'sub_forgotten' WHERE user_id = '{user.Id}'");
        await shop.Creem.FaultsAsync(new { path = "/creem/v1/subscriptions/sub_forgotten/cancel", failStatus = 401 });
        await (await user.Http.DeleteAsync("/api/subscription", Ct)).FaultAsync(502, "PAYMENT_PROVIDER_FAILED");
        await shop.Creem.FaultsAsync(new { path = "/creem/v1/subscriptions/sub_forgotten/cancel" });

        var canceled = await (await user.Http.DeleteAsync("/api/subscription", Ct)).DataAsync();

        Assert.Equal(("free", "canceled"), (canceled.GetProperty("plan").GetString(), canceled.GetProperty("status").GetString()));
    }
}
