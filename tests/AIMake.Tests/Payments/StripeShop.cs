using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Tests.Hosting;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Payments;

/// <summary>A server that sells through a simulated Stripe, which tells it what happens. The ledger is checked when it closes.</summary>
public sealed class StripeShop : IAsyncLifetime
{
    public const string Secret = "whsec_simulated_0123456789abcdef";

    public SimulatorHost Stripe { get; } = new();

    public TestServer Server { get; private set; } = null!;

    public TestUser Admin { get; private set; } = null!;

    /// <summary>Of the test that runs: those of a class run one after the other.</summary>
    public string LastSubscription { get; set; } = "";

    public async ValueTask InitializeAsync()
    {
        await Stripe.InitializeAsync();
        Server = await TestServer.StartAsync(
        [
            "--Payments:Stripe:SecretKey", "sk_test_simulated", "--Payments:Stripe:BaseUrl", $"{Stripe.Http.BaseAddress}stripe", "--Payments:Stripe:WebhookSecret", Secret,
            "--Outbound:AllowedHosts", Stripe.Host, "--Http:PublicUrl", "https://aimake.example.com",
        ]);
        await Stripe.ControlAsync("/__webhooks", new { provider = "stripe", url = $"{Server.Address}api/webhooks/stripe", secret = Secret });
        Admin = await Server.CreateAdminAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Stripe.DisposeAsync();
    }

    /// <summary>Orders something and returns the order's id and the session's.</summary>
    public static async Task<(Guid Order, string Session)> OrderAsync(TestUser user, object what)
    {
        using var response = await user.Http.PostAsJsonAsync("/api/payments/stripe", what);
        var data = await response.DataAsync();
        return (data.GetProperty("orderId").GetGuid(), data.GetProperty("checkoutUrl").GetString()!.Split('/')[^1]);
    }

    /// <summary>Orders and pays, and waits until everything was told.</summary>
    public async Task<(Guid Order, JsonElement Session)> BuyAsync(TestUser user, object what)
    {
        var (order, session) = await OrderAsync(user, what);
        var paid = await Stripe.ControlAsync($"/__stripe/sessions/{session}/pay");
        await Stripe.DeliveredAsync();
        return (order, paid);
    }

    public async Task<JsonElement> ActAsync(string path)
    {
        var answer = await Stripe.ControlAsync($"/__stripe/{path}");
        await Stripe.DeliveredAsync();
        return answer;
    }

    public static async Task<JsonElement> OrderOfAsync(TestUser user, Guid order) => await (await user.Http.GetAsync($"/api/payments/orders/{order}")).DataAsync();

    public static async Task<string> StateAsync(TestUser user, Guid order) => (await OrderOfAsync(user, order)).GetProperty("state").GetString()!;

    /// <summary>Free to use, less what is owed.</summary>
    public static async Task<decimal> CreditsAsync(TestUser user)
    {
        var data = await (await user.Http.GetAsync("/api/credits")).DataAsync();
        return data.GetProperty("remainingCredits").GetDecimal() - data.GetProperty("debt").GetDecimal();
    }

    public static async Task<JsonElement> SubscriptionAsync(TestUser user) => await (await user.Http.GetAsync("/api/subscription")).DataAsync();

    /// <summary>Everything agrees.</summary>
    public async Task BooksCloseAsync()
    {
        var books = await (await Admin.Http.GetAsync("/api/admin/books")).DataAsync();
        Assert.True(books.GetProperty("closes").GetBoolean(), books.ToString());
    }
}
