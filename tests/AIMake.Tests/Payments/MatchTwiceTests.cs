using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Payments;

/// <summary>An event is given once, and whoever gives it again is told whose it is.</summary>
public sealed class MatchTwiceTests(StripeShop shop) : IClassFixture<StripeShop>
{
    [Fact]
    public async Task Money_that_has_paid_one_order_is_not_said_to_have_paid_another()
    {
        var (first, second) = (await shop.Server.CreateUserAsync(), await shop.Server.CreateUserAsync());
        var (paid, _) = await shop.BuyAsync(first, new { packageId = "small" });
        var (open, _) = await StripeShop.OrderAsync(second, new { packageId = "small" });
        var events = (await (await shop.Admin.Http.GetAsync("/api/admin/webhooks?state=applied")).DataAsync()).GetProperty("items").EnumerateArray();
        var webhookId = events.First(e => e.GetProperty("type").GetString() == "checkout.session.completed" && e.GetProperty("orderId") is { ValueKind: JsonValueKind.String } id && id.GetGuid() == paid)
            .GetProperty("id").GetString();

        foreach (var order in new[] { open, paid })
        {
            var fault = await (await shop.Admin.Http.PostAsJsonAsync($"/api/admin/orders/{order}/match", new { webhookId })).FaultAsync(409, "EVENT_TAKEN");
            Assert.Contains(paid.ToString(), fault.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(("pending", 500m), (await StripeShop.StateAsync(second, open), await StripeShop.CreditsAsync(second)));
        Assert.Equal(0L, await TestDatabase.ExecuteAsync(shop.Server, $"SELECT count(*) FROM operations.audit WHERE subject_id IN ('{open}', '{paid}')"));
    }
}
