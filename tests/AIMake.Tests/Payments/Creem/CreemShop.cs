using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Tests.Hosting;
using AIMake.Tests.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Payments.Creem;

/// <summary>The server with Creem set up, and the simulator that is Creem and tells it what happens.</summary>
internal sealed class CreemShop : IAsyncDisposable
{
    public const string Secret = "creem_whsec_of_these_tests";
    public const string Small = "prod_small_500_usd";

    private CreemShop(SimulatorHost creem, TestServer server) => (Creem, Server) = (creem, server);

    public SimulatorHost Creem { get; }

    public TestServer Server { get; }

    /// <summary>The server's clock; Creem's is the real one.</summary>
    public LaterTime Time { get; private init; } = new();

    public static Task<CreemShop> OpenAsync(params string[] settings) => OpenAsync(_ => settings);

    /// <param name="settings">More of them, by the simulator's address.</param>
    public static async Task<CreemShop> OpenAsync(Func<string, string[]> settings)
    {
        var time = new LaterTime();
        var creem = new SimulatorHost();
        await creem.InitializeAsync();
        var server = await TestServer.StartAsync([.. SettingsFor(creem), .. settings(creem.Host)], b => b.Services.AddSingleton<TimeProvider>(time));
        var shop = new CreemShop(creem, server) { Time = time };
        await shop.TellAsync(new { provider = "creem", url = $"{server.Address}api/webhooks/creem", secret = Secret });
        return shop;
    }

    public static string[] SettingsFor(SimulatorHost creem) =>
    [
        "--Outbound:AllowedHosts:0", creem.Host, "--Payments:Creem:ApiKey", "creem_test_shop", "--Payments:Creem:WebhookSecret:0", Secret,
        "--Payments:Creem:BaseUrl", $"http://{creem.Host}/creem", "--Payments:Creem:LinkUrl", $"http://{creem.Host}/creem/payment",
        "--Catalog:CreemProducts:small", Small, "--Catalog:CreemProducts:pro", "prod_pro_1900_usd_month", "--Catalog:CreemProducts:team", "prod_team_7900_usd_month",
    ];

    public Task TellAsync(object target) => Creem.ControlAsync("/__webhooks", target);

    /// <summary>Orders in a way, <c>creem-advanced</c> or <c>creem</c>.</summary>
    public static async Task<JsonElement> OrderAsync(HttpClient http, string way = "creem-advanced", object? what = null)
    {
        using var answer = await http.PostAsJsonAsync($"/api/payments/{way}", what ?? new { packageId = "small" }, TestContext.Current.CancellationToken);
        return await answer.DataAsync();
    }

    /// <summary>Pays on Creem's page, and waits until what is told has been taken or lost.</summary>
    public async Task<JsonElement> PayAsync(JsonElement order, string? email = null)
    {
        var id = order.GetProperty("checkoutUrl").GetString()!.Split('/')[^1];
        var paid = await Creem.ControlAsync($"/__creem/checkouts/{id}/pay{(email is null ? "" : $"?email={Uri.EscapeDataString(email)}")}");
        await Creem.DeliveredAsync();
        return paid;
    }

    public static async Task<string?> StateAsync(HttpClient http, JsonElement order)
    {
        using var answer = await http.GetAsync($"/api/payments/orders/{order.GetProperty("orderId").GetGuid()}", TestContext.Current.CancellationToken);
        return (await answer.DataAsync()).GetProperty("state").GetString();
    }

    /// <summary>Credits of the package that the user has, besides those of every new account.</summary>
    public static async Task<decimal> BoughtAsync(HttpClient http)
    {
        var purchases = await ListAsync(http);
        return purchases.Where(p => p.GetProperty("state").GetString() == "paid").Sum(p => p.GetProperty("credits").GetDecimal());
    }

    public static async Task<JsonElement[]> ListAsync(HttpClient http)
    {
        using var answer = await http.GetAsync("/api/user/purchases", TestContext.Current.CancellationToken);
        return [.. (await answer.DataAsync()).GetProperty("items").EnumerateArray()];
    }

    public async ValueTask DisposeAsync()
    {
        await Creem.DisposeAsync();
        await Server.DisposeAsync();
    }
}

/// <summary>The real clock, set forward as far as a test wants.</summary>
internal sealed class LaterTime : TimeProvider
{
    public TimeSpan By { get; set; }

    public override DateTimeOffset GetUtcNow() => TimeProvider.System.GetUtcNow() + By;
}
