using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Faults.Hosting;
using AIMake.Tests.Credits;
using AIMake.Tests.Simulator;

namespace AIMake.Faults.Payments;

/// <summary>Buying while PostgreSQL is stopped (decision 23).</summary>
public sealed class CreemFaultTests : IAsyncLifetime
{
    private const string Secret = "creem_whsec_of_fault_tests";

    private readonly string _data = Directory.CreateTempSubdirectory("aimake-faults-").FullName;
    private readonly SimulatorHost _creem = new();
    private FaultyPostgres _postgres = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _postgres = await FaultyPostgres.StartAsync();
        await _creem.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _creem.DisposeAsync();
        await _postgres.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task What_is_bought_while_the_database_is_stopped_is_credited_when_it_runs_again()
    {
        await using (var server = await StartAsync())
        {
            var user = await server.CreateUserAsync();
            await _creem.ControlAsync("/__deliveries", new { provider = "creem", retryMs = Enumerable.Repeat(200, 300) });
            await _postgres.CrashAsync();

            JsonElement order = default;
            foreach (var (way, because) in new[] { ("creem-advanced", "database"), ("creem", null) })
            {
                using var answer = await user.Http.PostAsJsonAsync($"/api/payments/{way}", new { packageId = "small" }, Ct);
                order = await ServerProcess.DataAsync(answer);
                Assert.Equal(("simple", because), (order.GetProperty("way").GetString(), order.GetProperty("because").GetString()));
                await PayAsync(order);
            }

            using (var other = await user.Http.GetAsync("/api/user/purchases", Ct))
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, other.StatusCode); // the token alone opens nothing that shows or spends
            }

            using (var nobody = await server.Http.PostAsJsonAsync("/api/payments/creem", new { packageId = "small" }, Ct))
            {
                Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
            }

            await _postgres.StartAgainAsync();
            await _creem.DeliveredAsync();

            Assert.Equal(2, await _postgres.ScalarAsync<long>("SELECT count(*) FROM payments.orders WHERE state = 'paid' AND way = 'simple'"));
            Assert.Equal(1_000, await CreditedAsync());
            using var found = await user.Http.GetAsync($"/api/payments/orders/{order.GetProperty("orderId").GetGuid()}", Ct);
            Assert.Equal("paid", (await ServerProcess.DataAsync(found)).GetProperty("state").GetString());
        }

        await LedgerAssert.CleanAsync(_postgres.ConnectionString);
    }

    private async Task<ServerProcess> StartAsync()
    {
        var server = await ServerProcess.StartAsync(_data, _postgres.ConnectionString, settings:
        [
            "--Outbound:AllowedHosts:0", _creem.Host, "--Payments:Creem:ApiKey", "creem_test_faults", "--Payments:Creem:WebhookSecret:0", Secret,
            "--Payments:Creem:BaseUrl", $"http://{_creem.Host}/creem", "--Catalog:CreemProducts:small", "prod_small_500_usd",
        ]);
        await _creem.ControlAsync("/__webhooks", new { provider = "creem", url = $"{server.Address}api/webhooks/creem", secret = Secret });
        return server;
    }

    private Task PayAsync(JsonElement order) => _creem.ControlAsync($"/__creem/checkouts/{order.GetProperty("checkoutUrl").GetString()!.Split('/')[^1]}/pay");

    /// <summary>Whole credits granted for packages.</summary>
    private Task<long> CreditedAsync() => _postgres.ScalarAsync<long>("SELECT coalesce(sum(credits) / 1000000, 0)::bigint FROM payments.payments");
}
