using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Faults.Hosting;
using AIMake.Tests.Credits;
using AIMake.Tests.Simulator;

namespace AIMake.Faults.Payments;

/// <summary>Servers that sell through a simulated Stripe and a simulated Creem, on a PostgreSQL that may be broken.</summary>
internal sealed class Shop : IAsyncDisposable
{
    private const string Secret = "whsec_of_the_shop_0123456789abcdef";

    /// <summary>Where nobody listens, and nobody may: the lowest port there is.</summary>
    private const string Nowhere = "http://127.0.0.1:1/";

    public static readonly string[] Providers = ["stripe", "creem"];

    private readonly string _data = Directory.CreateTempSubdirectory("aimake-faults-").FullName;

    private Shop(FaultyPostgres postgres) => Postgres = postgres;

    public FaultyPostgres Postgres { get; }

    public SimulatorHost Simulator { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<Shop> StartAsync()
    {
        var shop = new Shop(await FaultyPostgres.StartAsync());
        await shop.Simulator.InitializeAsync();
        return shop;
    }

    /// <summary>Another node on the same database and folder. One that cannot start in the middle of a storm is started again, as whatever looks after it would.</summary>
    public async Task<ServerProcess> OpenAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StartNodeAsync();
            }
            catch (InvalidOperationException) when (attempt < 4)
            {
                // A busy machine lets it wait too long for the database, which it says, and ends.
            }
        }
    }

    private Task<ServerProcess> StartNodeAsync() => ServerProcess.StartAsync(_data, Postgres.ConnectionString, settings:
    [
        "--Outbound:AllowedHosts:0", Simulator.Host,
        "--Payments:Stripe:SecretKey", "sk_test_faults", "--Payments:Stripe:WebhookSecret:0", Secret, "--Payments:Stripe:BaseUrl", $"http://{Simulator.Host}/stripe",
        "--Payments:Creem:ApiKey", "creem_test_faults", "--Payments:Creem:WebhookSecret:0", Secret, "--Payments:Creem:BaseUrl", $"http://{Simulator.Host}/creem",
        "--Catalog:CreemProducts:small", "prod_small_500_usd",
    ]);

    /// <summary>From now on events go to these nodes, each try to one of them by chance; to nobody at all when there is none.</summary>
    public async Task AimAsync(params ServerProcess[] nodes)
    {
        Uri[] addresses = nodes.Length == 0 ? [new Uri(Nowhere)] : [.. nodes.Select(n => n.Address)];
        foreach (var provider in Providers)
        {
            var urls = addresses.Select(a => $"{a}api/webhooks/{provider}").ToArray();
            await Simulator.ControlAsync("/__webhooks", new { provider, url = urls[0], secret = Secret, also = urls[1..] });
        }
    }

    /// <summary>Orders a package of 500 credits for 5.00 USD.</summary>
    public static async Task<(Guid Id, string Page)> OrderAsync(HttpClient user, string provider)
    {
        using var answer = await user.PostAsJsonAsync(Way(provider), new { packageId = "small" }, Ct);
        var data = await ServerProcess.DataAsync(answer);
        return (data.GetProperty("orderId").GetGuid(), PageOf(data));
    }

    public Task<JsonElement> PayAsync(string provider, string page) => Simulator.ControlAsync($"/__{provider}/{(provider == "stripe" ? "sessions" : "checkouts")}/{page}/pay");

    /// <summary>Callers who order and pay without pause, until they are told to stop.</summary>
    public Task LoadAsync(IReadOnlyList<HttpClient> users, ConcurrentDictionary<string, int> answers, CancellationToken stop) => Task.WhenAll(users.Select((user, n) => Task.Run(
        async () =>
        {
            for (var i = n; !stop.IsCancellationRequested; i++)
            {
                var provider = Providers[i % 2];
                using var answer = await user.PostAsJsonAsync(Way(provider), new { packageId = "small" }, CancellationToken.None);
                var body = JsonElement.Parse(await answer.Content.ReadAsStringAsync(CancellationToken.None));
                var code = answer.IsSuccessStatusCode ? "" : body.GetProperty("errors")[0].GetProperty("code").GetString();
                answers.AddOrUpdate($"{(int)answer.StatusCode} {code}", 1, (_, count) => count + 1);
                if (answer.IsSuccessStatusCode)
                {
                    await PayAsync(provider, PageOf(body.GetProperty("data")));
                }
            }
        },
        CancellationToken.None)));

    /// <summary>Events that the servers have thanked for so far.</summary>
    public async Task<HashSet<string>> ThankedAsync() => [.. (await DeliveriesAsync()).Where(d => d.End == "delivered").Select(d => d.EventId)];

    public async Task<IReadOnlyList<Sent>> DeliveriesAsync() => (await Simulator.Http.GetFromJsonAsync<Records>("/__deliveries", Ct))!.Sent;

    public async Task<HashSet<string>> KeptAsync() =>
        [.. JsonSerializer.Deserialize<string[]>(await Postgres.ScalarAsync<string>("SELECT coalesce(json_agg(event_id), '[]')::text FROM payments.inbox"))!];

    public Task<long> CountAsync(string from) => Postgres.ScalarAsync<long>($"SELECT count(*) FROM {from}");

    /// <summary>Waits for it, for at most three minutes.</summary>
    public static async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(3), $"Still not: {what}");
            await Task.Delay(20, Ct);
        }
    }

    /// <summary>
    /// Everything agrees: what the providers took, what was written down, what was credited, and the balances. Says so by three witnesses: the
    /// operator's page, the operator's command, and the sums themselves.
    /// </summary>
    public async Task BooksCloseAsync(ServerProcess node)
    {
        await UntilAsync("no event waits", async () => await CountAsync("payments.inbox WHERE processed_at IS NULL") == 0);
        Assert.Equal(0, await CountAsync("payments.inbox WHERE outcome = 'refused'"));
        Assert.Equal(0, await CountAsync("payments.orders o WHERE (SELECT count(*) FROM payments.payments p WHERE p.order_id = o.id) <> (o.paid_at IS NOT NULL)::integer"));
        Assert.Equal(0, await CountAsync("payments.payments p WHERE (SELECT coalesce(sum(granted), 0) FROM credits.grants g WHERE g.source = 'pack' AND g.source_key = p.reference) <> p.credits"));
        Assert.Equal(0, await CountAsync("credits.grants g WHERE g.source = 'pack' AND NOT EXISTS (SELECT 1 FROM payments.payments p WHERE p.reference = g.source_key)"));

        var taken = await Simulator.PaymentsAsync();
        var admin = await node.CreateUserAsync();
        await Postgres.ScalarAsync<string>($"UPDATE accounts.users SET role = 'admin' WHERE id = '{admin.Id}' RETURNING role");
        var books = await ServerProcess.DataAsync(await admin.Http.GetAsync("/api/admin/books", Ct));
        Assert.True(books.GetProperty("closes").GetBoolean(), books.ToString());
        long Sum(string what) => books.GetProperty("days").EnumerateArray().Sum(d => d.GetProperty(what).GetInt64());
        Assert.Equal((taken.Count, taken.Sum(t => t.Amount), taken.Sum(t => t.Refunded)), ((int)Sum("payments"), Sum("paid"), Sum("refunded")));

        var (code, said) = await ServerProcess.RunAsync("doctor", "--ledger", "--data", _data, "--Database:Url", Postgres.ConnectionString);
        Assert.True(code == 0, said);
        await LedgerAssert.CleanAsync(Postgres.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await Simulator.DisposeAsync();
        await Postgres.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private static string Way(string provider) => $"/api/payments/{(provider == "creem" ? "creem-advanced" : provider)}";

    private static string PageOf(JsonElement order) => order.GetProperty("checkoutUrl").GetString()!.Split('/')[^1];

    private sealed record Records(Sent[] Sent);
}

/// <summary>A delivery in the simulator's records.</summary>
/// <param name="Statuses">Of all its tries, each once; 0 where nobody answered.</param>
/// <param name="Ms">How long the last try took.</param>
/// <param name="End"><c>underWay</c>, <c>held</c>, <c>delivered</c>, <c>lost</c>.</param>
internal sealed record Sent(string Provider, string EventId, string Type, int[] Statuses, double Ms, string End);
