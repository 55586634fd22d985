using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using AIMake.Faults.Hosting;

namespace AIMake.Faults.Payments;

/// <summary>
/// F34: a thousand events of both providers, each twenty times and shuffled, come to two servers on one database; the database crashes,
/// then a server does. Every order is credited once, what came before its payment finds it, what is forged changes nothing.
/// </summary>
public sealed class PaymentStormTests : IAsyncLifetime
{
    private const int Copies = 20;
    private const int Buyers = 8;

    /// <summary>How a provider tries again, only faster: four times a second, for at least two minutes.</summary>
    private static readonly int[] RetryMs = [.. Enumerable.Repeat(250, 500)];

    private Shop _shop = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _shop = await Shop.StartAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task A_thousand_events_twenty_times_each_through_a_crash_and_a_kill_credit_every_order_once()
    {
        await using var first = await _shop.OpenAsync();
        await using var second = await _shop.OpenAsync();
        await _shop.AimAsync(first, second);
        await HoldAsync(true);
        var bought = await BuyAsync(first, ("stripe", 155), ("creem", 250));
        var unpaid = await OrderAsync(first, ("stripe", 20), ("creem", 20));
        await RefundEarlyAsync([.. bought.Where(b => b.Provider == "stripe").Take(10), .. bought.Where(b => b.Provider == "creem").Take(10)]);
        await RefundAsync([.. bought.Where(b => b.Provider == "stripe").Skip(10).Take(30), .. bought.Where(b => b.Provider == "creem").Skip(10).Take(40)]);
        await TellOfUnknownThingsAsync(100);
        await ForgeAsync(unpaid);
        Assert.InRange((await _shop.DeliveriesAsync()).Select(d => d.EventId).Distinct().Count(), 1_000, 1_100);

        await _shop.Simulator.ControlAsync("/__deliveries/release");
        await PaidAsync(bought.Count / 4);
        await CrashAsync(first, second);
        await PaidAsync(bought.Count / 2);
        await second.KillAsync();
        await using var third = await _shop.OpenAsync();
        await _shop.AimAsync(first, third);
        await _shop.Simulator.DeliveredAsync();
        await TellAgainOfWhatWaitsAsync();

        await DeliveredAsync();
        Assert.Equal(bought.Count, await _shop.CountAsync("payments.orders WHERE paid_at IS NOT NULL"));
        Assert.Equal(bought.Count, await _shop.CountAsync("credits.grants WHERE source = 'pack' AND granted = 500000000"));
        Assert.Equal(90, await _shop.CountAsync("payments.orders WHERE state = 'refunded'"));
        Assert.Equal(unpaid.Count, await _shop.CountAsync("payments.orders WHERE state = 'pending'"));
        await _shop.BooksCloseAsync(third);
    }

    /// <summary>Keeps events back until they are released together, shuffled; or sends them at once.</summary>
    private async Task HoldAsync(bool hold)
    {
        foreach (var provider in Shop.Providers)
        {
            await _shop.Simulator.ControlAsync("/__deliveries", new { provider, copies = Copies, hold, extraMembers = true, retryMs = RetryMs });
        }
    }

    private async Task<IReadOnlyList<Sale>> BuyAsync(ServerProcess server, params (string Provider, int Count)[] wanted)
    {
        var sales = new ConcurrentBag<Sale>();
        await Parallel.ForEachAsync(await OrderAsync(server, wanted), new ParallelOptions { MaxDegreeOfParallelism = Buyers, CancellationToken = Ct }, async (sale, _) =>
        {
            var paid = await _shop.PayAsync(sale.Provider, sale.Page);
            sales.Add(sale with { Paid = paid });
        });
        return [.. sales];
    }

    private static async Task<IReadOnlyList<Sale>> OrderAsync(ServerProcess server, params (string Provider, int Count)[] wanted)
    {
        var users = await Task.WhenAll(Enumerable.Range(0, Buyers).Select(_ => server.CreateUserAsync()));
        var sales = new ConcurrentBag<Sale>();
        var all = wanted.SelectMany(w => Enumerable.Range(0, w.Count).Select(n => (w.Provider, User: users[n % Buyers].Http)));
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = Buyers, CancellationToken = Ct }, async (wish, _) =>
        {
            var (order, page) = await Shop.OrderAsync(wish.User, wish.Provider);
            sales.Add(new Sale(wish.Provider, order, page));
        });
        return [.. sales];
    }

    /// <summary>All copies of these refunds have come before the first word of what they refund.</summary>
    private async Task RefundEarlyAsync(IReadOnlyList<Sale> sales)
    {
        await HoldAsync(false);
        await RefundAsync(sales);
        await _shop.Simulator.DeliveredAsync();
        Assert.Equal(sales.Count, await _shop.CountAsync("payments.inbox WHERE processed_at IS NULL"));
        await HoldAsync(true);
    }

    private async Task RefundAsync(IReadOnlyList<Sale> sales)
    {
        foreach (var sale in sales)
        {
            await _shop.Simulator.ControlAsync(sale.Provider == "stripe"
                ? $"/__stripe/payments/{sale.Paid.GetProperty("payment_intent").GetString()}/refund"
                : $"/__creem/transactions/{(await TransactionAsync(sale)).Id}/refund");
        }
    }

    /// <summary>What the simulator's book has of a sale.</summary>
    private async Task<AIMake.Tests.Simulator.SimulatedPayment> TransactionAsync(Sale sale)
    {
        _book ??= (await _shop.Simulator.PaymentsAsync()).ToDictionary(p => p.Order!);
        return _book[sale.Order.ToString()];
    }

    private Dictionary<string, AIMake.Tests.Simulator.SimulatedPayment>? _book;

    private async Task TellOfUnknownThingsAsync(int count)
    {
        for (var n = 0; n < count; n++)
        {
            var (provider, id) = (Shop.Providers[n % 2], $"evt_unknown_{n}");
            await SendAsync(provider, provider == "stripe" ? StripeEvent(id, "treasury.something.invented", new { id = "x", @object = "invention" }) : CreemEvent(id, "invention.made", new { id = "x" }), forged: false);
        }
    }

    /// <summary>Right in everything but the signature, for orders that nobody has paid.</summary>
    private async Task ForgeAsync(IReadOnlyList<Sale> unpaid)
    {
        foreach (var sale in unpaid)
        {
            var id = $"evt_forged_{sale.Order:N}";
            await SendAsync(sale.Provider, sale.Provider == "stripe"
                ? StripeEvent(id, "checkout.session.completed", new
                {
                    id = sale.Page, @object = "checkout.session", mode = "payment", status = "complete", payment_status = "paid", client_reference_id = sale.Order.ToString(), amount_total = 500,
                    currency = "usd", payment_intent = $"pi_{sale.Order:N}",
                })
                : CreemEvent(id, "checkout.completed", new
                {
                    id = sale.Page, @object = "checkout", mode = "test", status = "completed", request_id = sale.Order.ToString(), product = "prod_small_500_usd",
                    order = new { id = $"ord_{sale.Order:N}", status = "paid", type = "onetime", amount = 500, currency = "USD", transaction = $"tran_{sale.Order:N}" },
                }), forged: true);
        }
    }

    private Task SendAsync(string provider, object body, bool forged) =>
        _shop.Simulator.ControlAsync("/__deliveries/send", new { provider, body, how = new { copies = Copies, hold = true, forged, retryMs = forged ? [] : RetryMs } });

    private static object StripeEvent(string id, string type, object about) =>
        new { id, @object = "event", api_version = "2026-10-28.endive", created = DateTimeOffset.UnixEpoch.AddSeconds(1_790_000_000).ToUnixTimeSeconds(), livemode = false, type, data = new { @object = about } };

    private static object CreemEvent(string id, string eventType, object about) => new { id, eventType, created_at = 1_790_000_000_000L, @object = about };

    private Task PaidAsync(int count) => Shop.UntilAsync($"{count} payments", async () => await _shop.CountAsync("payments.payments") >= count);

    /// <summary>
    /// The database crashes under both. What was thanked for before that is in it when it is back, before anything is told again: thanks come after
    /// the commit.
    /// </summary>
    private async Task CrashAsync(params ServerProcess[] nodes)
    {
        await _shop.Postgres.CrashAsync();
        await _shop.AimAsync();
        var thanked = await _shop.ThankedAsync();
        await _shop.Postgres.StartAgainAsync();
        Assert.NotEmpty(thanked);
        Assert.Empty(thanked.Except(await _shop.KeptAsync()));
        await _shop.AimAsync(nodes);
    }

    /// <summary>What a server was just driving when it died is driven by the next one only after a while, unless the provider tells it again.</summary>
    private async Task TellAgainOfWhatWaitsAsync()
    {
        var waiting = await _shop.Postgres.ScalarAsync<string>("SELECT coalesce(json_agg(event_id), '[]')::text FROM payments.inbox WHERE processed_at IS NULL");
        foreach (var id in JsonSerializer.Deserialize<string[]>(waiting)!)
        {
            await _shop.Simulator.ControlAsync($"/__deliveries/again?event={id}");
        }

        await _shop.Simulator.DeliveredAsync();
    }

    /// <summary>Everything but what was forged has been thanked for, and is kept; nothing was answered that is not meant for a provider.</summary>
    private async Task DeliveredAsync()
    {
        var sent = await _shop.DeliveriesAsync();
        var (forged, real) = (sent.Where(d => d.EventId.StartsWith("evt_forged", StringComparison.Ordinal)).ToList(), sent.Where(d => !d.EventId.StartsWith("evt_forged", StringComparison.Ordinal)).ToList());
        Assert.All(forged, d => Assert.True(d is { End: "lost", Statuses: [400 or 0] }, $"{d}"));
        Assert.Contains(forged, d => d.Statuses is [400]);
        Assert.All(real, d => Assert.Equal("delivered", d.End));
        Assert.All(real.SelectMany(d => d.Statuses).Distinct(), status => Assert.Contains(status, (int[])[200, 503, 0]));
        Assert.Equal(real.Select(d => d.EventId).ToHashSet(), await _shop.KeptAsync());

        double[] took = [.. real.Select(d => d.Ms).Order()];
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sent.Count} deliveries, last tries p50 {took[took.Length / 2]:0} ms, p99 {took[took.Length * 99 / 100]:0} ms"));
    }

    /// <param name="Page">The provider's id of it.</param>
    /// <param name="Paid">What the provider showed of it after the payment.</param>
    private sealed record Sale(string Provider, Guid Order, string Page, JsonElement Paid = default);
}
