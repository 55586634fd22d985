using System.Text.Json;
using AIMake.Payments.Subscriptions;
using AIMake.Tests.Hosting;
using AIMake.Tests.Payments.Creem;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Payments;

/// <summary>Two pages of plans open at once, and both are paid: nobody may go on paying twice.</summary>
public sealed class TwoTabsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("stripe", "pro", "stripe", "pro")]
    [InlineData("stripe", "pro", "stripe", "team")]
    [InlineData("creem", "pro", "creem", "team")]
    [InlineData("stripe", "team", "creem", "pro")]
    [InlineData("creem", "pro", "stripe", "pro")]
    public async Task The_plan_that_was_paid_first_stays_and_the_second_is_ended_and_paid_back(string firstAt, string first, string secondAt, string second)
    {
        await using var shop = await BothAsync();
        var admin = await shop.Server.CreateAdminAsync();
        var user = await shop.Server.CreateUserAsync();
        var (stays, goes) = (await OpenAsync(user, firstAt, first), await OpenAsync(user, secondAt, second));
        await PayAsync(shop, firstAt, stays);
        shop.Time.By = TimeSpan.FromSeconds(5);
        await PayAsync(shop, secondAt, goes);

        Assert.Equal(1, await JobOf(shop.Server).RunOnceAsync(Ct));
        await shop.Creem.DeliveredAsync();
        Assert.Equal(0, await JobOf(shop.Server).RunOnceAsync(Ct));

        Assert.Equal(("paid", "refunded"), (await CreemShop.StateAsync(user.Http, stays), await CreemShop.StateAsync(user.Http, goes)));
        var seen = await StripeShop.SubscriptionAsync(user);
        Assert.Equal((first, "active", firstAt), (seen.GetProperty("plan").GetString(), seen.GetProperty("status").GetString(), seen.GetProperty("provider").GetString()));
        Assert.Equal(500m + (first == "pro" ? 3000m : 16000m), await StripeShop.CreditsAsync(user));
        Assert.Equal(1L, await TestDatabase.ExecuteAsync(shop.Server, "SELECT count(*) FROM payments.subscriptions WHERE ended_at IS NULL"));
        var provider = await shop.Creem.PaymentsAsync();
        Assert.Equal((2, 1), (provider.Count, provider.Count(p => p.Refunded == p.Amount)));
        await BooksCloseAsync(admin);
    }

    [Fact]
    public async Task Paid_and_seen_to_at_once_by_two_nodes_one_of_them_stays_and_one_is_paid_back_once()
    {
        await using var shop = await BothAsync();
        await using var other = await TestServer.StartAsync(Settings(shop), sharing: shop.Server);
        var admin = await shop.Server.CreateAdminAsync();
        for (var round = 0; round < 3; round++)
        {
            var user = await shop.Server.CreateUserAsync();
            (string Provider, JsonElement Order)[] tabs = [("stripe", await OpenAsync(user, "stripe", "pro")), ("creem", await OpenAsync(user, "creem", "pro")), ("stripe", await OpenAsync(user, "stripe", "team"))];
            await Task.WhenAll(tabs.Select(t => PayAsync(shop, t.Provider, t.Order)));

            await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() => JobOf(n % 2 == 0 ? shop.Server : other).RunOnceAsync(Ct))));
            await shop.Creem.DeliveredAsync();

            var states = new List<string?>();
            foreach (var (_, order) in tabs)
            {
                states.Add(await CreemShop.StateAsync(user.Http, order));
            }

            Assert.Equal(["paid", "refunded", "refunded"], states.Order());
            Assert.Equal(1L, await TestDatabase.ExecuteAsync(shop.Server, $"SELECT count(*) FROM payments.subscriptions WHERE user_id = '{user.Id}' AND ended_at IS NULL"));
            Assert.Equal(2L, await TestDatabase.ExecuteAsync(shop.Server, $"SELECT count(*) FROM payments.refunds r JOIN payments.payments p ON p.id = r.payment_id WHERE p.user_id = '{user.Id}'"));
        }

        await BooksCloseAsync(admin);
    }

    [Theory]
    [InlineData("/stripe/v1/refunds")]
    [InlineData("/stripe/v1/subscriptions/*")]
    public async Task What_the_provider_refuses_for_a_while_is_done_later(string path)
    {
        await using var shop = await BothAsync();
        var user = await shop.Server.CreateUserAsync();
        var (stays, goes) = (await OpenAsync(user, "stripe", "pro"), await OpenAsync(user, "stripe", "pro"));
        await PayAsync(shop, "stripe", stays);
        shop.Time.By = TimeSpan.FromSeconds(5);
        await PayAsync(shop, "stripe", goes);

        await shop.Creem.FaultsAsync(new { path, failStatus = 403 });
        Assert.Equal(0, await JobOf(shop.Server).RunOnceAsync(Ct));
        await shop.Creem.FaultsAsync(new { path });
        shop.Time.By = TimeSpan.FromMinutes(5);
        Assert.Equal(1, await JobOf(shop.Server).RunOnceAsync(Ct));

        Assert.Equal(("paid", "refunded"), (await CreemShop.StateAsync(user.Http, stays), await CreemShop.StateAsync(user.Http, goes)));
    }

    /// <summary>One simulator is both providers.</summary>
    private static async Task<CreemShop> BothAsync()
    {
        var shop = await CreemShop.OpenAsync(host => StripeSettings(host));
        await shop.TellAsync(new { provider = "stripe", url = $"{shop.Server.Address}api/webhooks/stripe", secret = StripeShop.Secret });
        return shop;
    }

    private static string[] StripeSettings(string host) =>
        ["--Payments:Stripe:SecretKey", "sk_test_simulated", "--Payments:Stripe:BaseUrl", $"http://{host}/stripe", "--Payments:Stripe:WebhookSecret", StripeShop.Secret];

    private static string[] Settings(CreemShop shop) => [.. CreemShop.SettingsFor(shop.Creem), .. StripeSettings(shop.Creem.Host)];

    private static async Task<JsonElement> OpenAsync(TestUser user, string provider, string plan) =>
        await CreemShop.OrderAsync(user.Http, provider == "creem" ? "creem-advanced" : "stripe", new { planId = plan });

    private static async Task PayAsync(CreemShop shop, string provider, JsonElement order)
    {
        var id = order.GetProperty("checkoutUrl").GetString()!.Split('/')[^1];
        await shop.Creem.ControlAsync(provider == "creem" ? $"/__creem/checkouts/{id}/pay" : $"/__stripe/sessions/{id}/pay");
        await shop.Creem.DeliveredAsync();
    }

    private static SurplusJob JobOf(TestServer server) => server.Services.GetRequiredService<SurplusJob>();

    private static async Task BooksCloseAsync(TestUser admin)
    {
        var books = await (await admin.Http.GetAsync("/api/admin/books", Ct)).DataAsync();
        Assert.True(books.GetProperty("closes").GetBoolean(), books.ToString());
    }
}
