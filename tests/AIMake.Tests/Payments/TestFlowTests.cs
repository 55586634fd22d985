using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Platform.Settings;
using AIMake.Tests.Hosting;
using AIMake.Tests.Payments.Creem;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Payments;

/// <summary>The routes behind the page that walks through a purchase at the simulator.</summary>
public sealed class TestFlowTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/orders/0190f3aa-0000-7000-8000-0000000000f1")]
    [InlineData("POST", "/orders/0190f3aa-0000-7000-8000-0000000000f1/pay")]
    [InlineData("POST", "/orders/0190f3aa-0000-7000-8000-0000000000f1/refund")]
    [InlineData("POST", "/orders/0190f3aa-0000-7000-8000-0000000000f1/dispute")]
    [InlineData("POST", "/subscription/end")]
    public async Task Without_a_simulator_the_routes_do_not_exist(string method, string path)
    {
        await using var server = await TestServer.StartAsync(["--Payments:Stripe:SecretKey", "sk_test_1"]);
        var user = await server.CreateUserAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/dev/payment-flow{path}") { Content = method == "POST" ? JsonContent.Create(new { }) : null };
        using var answer = await user.Http.SendAsync(request, Ct);
        await answer.FaultAsync(404, "NOT_FOUND");

        using var document = await server.Anonymous.GetAsync("/openapi/v1.json", Ct);
        Assert.DoesNotContain("payment-flow", await document.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://api.stripe.com")]
    [InlineData("http://10.0.0.1:8089")]
    [InlineData("http://127.0.0.1.example.com")]
    [InlineData("http://127.0.0.1:8089/stripe")]
    public async Task Only_a_simulator_on_this_machine_can_be_paid_at(string address)
    {
        var refused = await Assert.ThrowsAsync<SettingsException>(() => TestServer.StartAsync(["--Payments:TestFlow:Simulator", address]));
        Assert.Contains("Simulator", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_is_not_the_simulator_or_takes_real_money_is_not_offered()
    {
        await using var simulator = new SimulatorHost();
        await simulator.InitializeAsync();
        await using var elsewhere = await OpenAsync(simulator, "--Payments:Stripe:BaseUrl", "https://api.stripe.com");
        Assert.Equal(["creem"], await OfferedAsync(elsewhere));
        await using var live = await OpenAsync(simulator, "--Payments:Stripe:SecretKey", "sk_live_1", "--Payments:Creem:ApiKey", "creem_1");
        Assert.Empty(await OfferedAsync(live));
    }

    [Theory]
    [InlineData("stripe", "stripe", "packageId", "small", "refund", "refunded")]
    [InlineData("stripe", "stripe", "planId", "pro", "dispute", "disputed")]
    [InlineData("creem", "creem-advanced", "packageId", "small", "dispute", "disputed")]
    [InlineData("creem", "creem-advanced", "planId", "pro", "refund", "refunded")]
    public async Task A_purchase_is_walked_through_from_the_order_to_the_way_back_of_its_money(string provider, string route, string kind, string item, string back, string state)
    {
        await using var simulator = new SimulatorHost();
        await simulator.InitializeAsync();
        await using var server = await OpenAsync(simulator);
        Assert.Equal(["creem", "stripe"], await OfferedAsync(server));
        var (user, other) = (await server.CreateUserAsync(), await server.CreateUserAsync());
        var order = await DataAsync(user.Http.PostAsJsonAsync($"/api/payments/{route}", new Dictionary<string, string> { [kind] = item }, Ct));
        var id = order.GetProperty("orderId").GetGuid();

        var open = await LookAsync(user, id);
        Assert.Equal(200, open.GetProperty("page").GetInt32());
        Assert.Empty(open.GetProperty("events").EnumerateArray());
        using (var foreign = await other.Http.PostAsync($"/api/dev/payment-flow/orders/{id}/pay", null, Ct))
        {
            await foreign.FaultAsync(404, "NOT_FOUND");
        }

        var paid = await DataAsync(user.Http.PostAsync($"/api/dev/payment-flow/orders/{id}/pay", null, Ct));
        Assert.Contains(provider == "creem" ? "signature=" : id.ToString(), paid.GetProperty("returnUrl").GetString()!, StringComparison.Ordinal);
        await simulator.DeliveredAsync();
        var told = await LookAsync(user, id);
        Assert.Equal(JsonValueKind.Null, told.GetProperty("page").ValueKind);
        Assert.NotEmpty(told.GetProperty("events").EnumerateArray());
        Assert.All(told.GetProperty("events").EnumerateArray(), e => Assert.Equal("delivered", e.GetProperty("delivery").GetString()));
        Assert.Contains(told.GetProperty("events").EnumerateArray(), e => e.GetProperty("state").GetString() == "applied");
        using (var again = await user.Http.PostAsync($"/api/dev/payment-flow/orders/{id}/pay", null, Ct))
        {
            await again.FaultAsync(409, "ORDER_PAID");
        }

        await DataAsync(user.Http.PostAsync($"/api/dev/payment-flow/orders/{id}/{back}", null, Ct));
        await simulator.DeliveredAsync();
        Assert.Equal(state, await StripeShop.StateAsync(user, id));
        if (kind == "planId")
        {
            await DataAsync(user.Http.PostAsync("/api/dev/payment-flow/subscription/end", null, Ct));
            await simulator.DeliveredAsync();
            Assert.Equal("free", (await StripeShop.SubscriptionAsync(user)).GetProperty("plan").GetString());
        }

        using var none = await user.Http.PostAsync("/api/dev/payment-flow/subscription/end", null, Ct);
        await none.FaultAsync(409, "NOT_SUBSCRIBED");
    }

    [Fact]
    public async Task A_forged_notice_is_seen_to_have_been_refused()
    {
        await using var simulator = new SimulatorHost();
        await simulator.InitializeAsync();
        await using var server = await OpenAsync(simulator);
        await simulator.ControlAsync("/__deliveries", new { provider = "stripe", forged = true, retryMs = Array.Empty<int>() });
        var user = await server.CreateUserAsync();
        var (id, _) = await StripeShop.OrderAsync(user, new { packageId = "small" });
        await DataAsync(user.Http.PostAsync($"/api/dev/payment-flow/orders/{id}/pay", null, Ct));
        await simulator.DeliveredAsync();
        Assert.All((await LookAsync(user, id)).GetProperty("events").EnumerateArray(), e =>
            Assert.Equal(("lost", 400, JsonValueKind.Null), (e.GetProperty("delivery").GetString(), e.GetProperty("status").GetInt32(), e.GetProperty("state").ValueKind)));
    }

    private static async Task<TestServer> OpenAsync(SimulatorHost simulator, params string[] settings)
    {
        var server = await TestServer.StartAsync(
        [
            .. CreemShop.SettingsFor(simulator), "--Payments:Stripe:SecretKey", "sk_test_simulated", "--Payments:Stripe:BaseUrl", $"http://{simulator.Host}/stripe",
            "--Payments:Stripe:WebhookSecret", StripeShop.Secret, "--Payments:TestFlow:Simulator", $"http://{simulator.Host}", .. settings,
        ]);
        await simulator.ControlAsync("/__webhooks", new { provider = "creem", url = $"{server.Address}api/webhooks/creem", secret = CreemShop.Secret });
        await simulator.ControlAsync("/__webhooks", new { provider = "stripe", url = $"{server.Address}api/webhooks/stripe", secret = StripeShop.Secret });
        return server;
    }

    private static async Task<string[]> OfferedAsync(TestServer server) =>
        [.. (await DataAsync(server.Anonymous.GetAsync("/api/dev/payment-flow", Ct))).GetProperty("providers").EnumerateArray().Select(p => p.GetString()!)];

    private static Task<JsonElement> LookAsync(TestUser user, Guid order) => DataAsync(user.Http.GetAsync($"/api/dev/payment-flow/orders/{order}", Ct));

    private static async Task<JsonElement> DataAsync(Task<HttpResponseMessage> asked)
    {
        using var answer = await asked;
        return await answer.DataAsync();
    }
}
