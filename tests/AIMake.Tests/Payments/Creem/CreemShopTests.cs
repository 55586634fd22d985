using System.Net.Http.Json;
using AIMake.Payments.Books;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AIMake.Tests.Payments.Creem;

public sealed class CreemShopTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_package_is_ordered_paid_and_credited()
    {
        await using var shop = await CreemShop.OpenAsync();
        var user = await shop.Server.CreateUserAsync();

        var order = await CreemShop.OrderAsync(user.Http);
        Assert.Equal(("order", "pending"), (order.GetProperty("way").GetString(), await CreemShop.StateAsync(user.Http, order)));
        await shop.PayAsync(order);

        Assert.Equal("paid", await CreemShop.StateAsync(user.Http, order));
        Assert.Equal(500m, await CreemShop.BoughtAsync(user.Http));
        var payment = Assert.Single(await shop.Creem.PaymentsAsync());
        Assert.Equal((order.GetProperty("orderId").GetString(), 500L, "usd"), (payment.Order, payment.Amount, payment.Currency));
    }

    [Fact]
    public async Task Every_copy_of_an_event_in_any_order_and_shape_counts_once()
    {
        await using var shop = await CreemShop.OpenAsync();
        var user = await shop.Server.CreateUserAsync();
        await shop.Creem.ControlAsync("/__deliveries", new { provider = "creem", copies = 20, shuffleMs = 50, triple = true, extraMembers = true, retryMs = new[] { 1, 1 } });

        var orders = new[] { await CreemShop.OrderAsync(user.Http), await CreemShop.OrderAsync(user.Http, "creem") };
        foreach (var order in orders)
        {
            await shop.PayAsync(order);
        }

        Assert.Equal(1000m, await CreemShop.BoughtAsync(user.Http));
        foreach (var order in orders)
        {
            Assert.Equal("paid", await CreemShop.StateAsync(user.Http, order));
        }
    }

    [Theory]
    [InlineData("forged")]
    [InlineData("unsigned")]
    public async Task A_forged_event_changes_nothing_and_the_right_one_still_counts(string how)
    {
        await using var shop = await CreemShop.OpenAsync();
        var user = await shop.Server.CreateUserAsync();
        var order = await CreemShop.OrderAsync(user.Http);
        await shop.Creem.ControlAsync("/__deliveries", new Dictionary<string, object> { [how] = true, ["retryMs"] = Array.Empty<int>() });
        await shop.PayAsync(order);
        Assert.Equal("pending", await CreemShop.StateAsync(user.Http, order));

        await shop.Creem.ControlAsync("/__deliveries", new { });
        await AgainAsync(shop);
        Assert.Equal("paid", await CreemShop.StateAsync(user.Http, order));
    }

    [Fact]
    public async Task Without_a_secret_nothing_is_verified()
    {
        await using var shop = await CreemShop.OpenAsync("--Payments:Creem:WebhookSecret:0", "");
        using var answer = await shop.Server.Anonymous.PostAsJsonAsync("/api/webhooks/creem", new { id = "evt_1" }, Ct);
        await answer.FaultAsync(503, "WEBHOOK_NOT_CONFIGURED");
    }

    [Fact]
    public async Task A_buyer_who_comes_back_is_credited_though_no_event_came()
    {
        await using var shop = await CreemShop.OpenAsync();
        var (user, other) = (await shop.Server.CreateUserAsync(), await shop.Server.CreateUserAsync());
        await shop.Creem.ControlAsync("/__deliveries", new { lose = true });
        var order = await CreemShop.OrderAsync(user.Http, "creem");

        using var page = await shop.Creem.Http.PostAsync(
            new Uri(order.GetProperty("checkoutUrl").GetString()!), new FormUrlEncodedContent([new("what", "pay"), new("email", user.Email)]), Ct);
        var query = page.Headers.Location!.Query;

        using (var wrong = await user.Http.PostAsJsonAsync("/api/payments/creem/return", new { query = query.Replace("prod_small", "prod_large", StringComparison.Ordinal) }, Ct))
        {
            await wrong.FaultAsync(400, "SIGNATURE_INVALID");
        }

        using (var theirs = await other.Http.PostAsJsonAsync("/api/payments/creem/return", new { query }, Ct))
        {
            await theirs.FaultAsync(404, "NOT_FOUND"); // it took effect, but for whose it is
        }

        using var back = await user.Http.PostAsJsonAsync("/api/payments/creem/return", new { query }, Ct);
        Assert.Equal("paid", (await back.DataAsync()).GetProperty("state").GetString());
        Assert.Equal((500m, 0m), (await CreemShop.BoughtAsync(user.Http), await CreemShop.BoughtAsync(other.Http)));
    }

    [Fact]
    public async Task Recheck_finds_what_was_paid()
    {
        await using var shop = await CreemShop.OpenAsync();
        var user = await shop.Server.CreateUserAsync();
        var order = await CreemShop.OrderAsync(user.Http);
        await shop.Creem.ControlAsync("/__deliveries", new { lose = true });
        await shop.PayAsync(order);

        using var answer = await user.Http.PostAsync($"/api/payments/orders/{order.GetProperty("orderId").GetGuid()}/recheck", null, Ct);
        Assert.Equal("paid", (await answer.DataAsync()).GetProperty("state").GetString());
    }

    [Fact]
    public async Task When_Creem_does_not_answer_its_link_is_given_and_matched_by_a_proved_address()
    {
        await using var shop = await CreemShop.OpenAsync();
        var (user, unproved) = (await shop.Server.CreateUserAsync(), await shop.Server.CreateUserAsync());
        await ProveAsync(shop, user.Id);
        await shop.Creem.FaultsAsync(new { path = "/creem/v1/checkouts", failStatus = 503 });

        var order = await CreemShop.OrderAsync(user.Http);
        Assert.Equal(("link", "provider"), (order.GetProperty("way").GetString(), order.GetProperty("because").GetString()));
        foreach (var buyer in new[] { user, unproved })
        {
            using var opened = await shop.Creem.Http.GetAsync(new Uri(order.GetProperty("checkoutUrl").GetString()!), Ct);
            await shop.Creem.ControlAsync($"/__creem/checkouts/{opened.Headers.Location!.ToString().Split('/')[^1]}/pay?email={buyer.Email}");
        }

        await shop.Creem.DeliveredAsync();
        Assert.Equal((500m, 0m), (await CreemShop.BoughtAsync(user.Http), await CreemShop.BoughtAsync(unproved.Http)));
        Assert.Single(await CreemShop.ListAsync(user.Http)); // the order whose page could not be opened, and no second
        Assert.Equal(1L, await ScalarAsync(shop, "SELECT count(*) FROM payments.inbox WHERE processed_at IS NULL AND error LIKE '%names nobody%'")); // for a person
    }

    [Fact]
    public async Task Whoever_claims_a_purchase_for_another_account_gets_nothing()
    {
        await using var shop = await CreemShop.OpenAsync();
        var (user, thief) = (await shop.Server.CreateUserAsync(), await shop.Server.CreateUserAsync());
        var made = await shop.Creem.Http.PostAsJsonAsync("/creem/v1/checkouts", new
        {
            product_id = CreemShop.Small, request_id = $"{Guid.NewGuid()}", metadata = new { order_id = $"{Guid.NewGuid()}", user_id = $"{thief.Id}", seal = "AAAA.AAAA", product = CreemShop.Small },
        }, Ct);
        Assert.Equal(401, (int)made.StatusCode); // nobody has the key; and if they had:
        using var request = new HttpRequestMessage(HttpMethod.Post, "/creem/v1/checkouts")
        {
            Content = JsonContent.Create(new { product_id = CreemShop.Small, metadata = new { order_id = $"{Guid.NewGuid()}", user_id = $"{thief.Id}", seal = "AAAA.AAAA", product = CreemShop.Small } }),
        };
        request.Headers.Add("x-api-key", "creem_test_shop");
        using var answer = await shop.Creem.Http.SendAsync(request, Ct);
        var checkout = (await answer.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(Ct)).GetProperty("id").GetString();
        await shop.Creem.ControlAsync($"/__creem/checkouts/{checkout}/pay?email={user.Email}");
        await shop.Creem.DeliveredAsync();

        Assert.Equal((0m, 0m), (await CreemShop.BoughtAsync(thief.Http), await CreemShop.BoughtAsync(user.Http)));
    }

    [Fact]
    public async Task A_refund_takes_the_credits_back_also_when_it_was_pending_and_a_dispute_too()
    {
        await using var shop = await CreemShop.OpenAsync();
        var user = await shop.Server.CreateUserAsync();
        var orders = new[] { await CreemShop.OrderAsync(user.Http), await CreemShop.OrderAsync(user.Http), await CreemShop.OrderAsync(user.Http) };
        foreach (var order in orders)
        {
            await shop.PayAsync(order);
        }

        string Transaction(int order) => shop.Creem.PaymentsAsync().Result.Single(p => p.Order == orders[order].GetProperty("orderId").GetString()).Id;
        await shop.Creem.ControlAsync($"/__creem/transactions/{Transaction(0)}/refund?amount=250");
        await shop.Creem.DeliveredAsync();
        Assert.Equal("partlyRefunded", await CreemShop.StateAsync(user.Http, orders[0]));
        await shop.Creem.ControlAsync($"/__creem/transactions/{Transaction(0)}/refund");
        await shop.Creem.ControlAsync($"/__creem/transactions/{Transaction(1)}/dispute");
        await shop.Creem.ControlAsync("/__creem/refunds/next/pending");
        var pending = await shop.Creem.ControlAsync($"/__creem/transactions/{Transaction(2)}/refund");
        await shop.Creem.DeliveredAsync();

        Assert.Equal(
            ("refunded", "disputed", "paid"),
            (await CreemShop.StateAsync(user.Http, orders[0]), await CreemShop.StateAsync(user.Http, orders[1]), await CreemShop.StateAsync(user.Http, orders[2])));
        await shop.Creem.ControlAsync($"/__creem/refunds/{pending.GetProperty("id").GetString()}/succeeded");
        await ScalarAsync(shop, "UPDATE payments.inbox SET next_attempt_at = now() - interval '1 second' WHERE processed_at IS NULL RETURNING 1::bigint");
        await ((AIMake.Payments.Inbox.WebhookInbox)shop.Server.Services.GetService(typeof(AIMake.Payments.Inbox.WebhookInbox))!).DriveAsync(Ct);
        Assert.Equal("refunded", await CreemShop.StateAsync(user.Http, orders[2]));
    }

    [Fact]
    public async Task A_plan_is_paid_each_period_once_cancelled_and_ended()
    {
        await using var shop = await CreemShop.OpenAsync();
        var user = await shop.Server.CreateUserAsync();
        await shop.Creem.ControlAsync("/__deliveries", new { copies = 3, shuffleMs = 30 });
        var order = await CreemShop.OrderAsync(user.Http, what: new { planId = "pro" });
        var subscription = (await shop.PayAsync(order)).GetProperty("subscription").GetString();
        await shop.Creem.ControlAsync($"/__creem/subscriptions/{subscription}/renew");
        await shop.Creem.DeliveredAsync();

        Assert.Equal("paid", await CreemShop.StateAsync(user.Http, order));
        Assert.Equal(2L, await ScalarAsync(shop, "SELECT count(*) FROM payments.payments"));
        Assert.Equal("active", await StatusAsync(shop));
        await shop.Creem.ControlAsync($"/__creem/subscriptions/{subscription}/cancel-in-portal");
        await shop.Creem.DeliveredAsync();
        Assert.Equal(1L, await ScalarAsync(shop, "SELECT count(*) FROM payments.subscriptions WHERE ends_at IS NOT NULL"));
        await shop.Creem.ControlAsync($"/__creem/subscriptions/{subscription}/renew");
        await shop.Creem.DeliveredAsync();
        Assert.Equal("canceled", await StatusAsync(shop));
        Assert.Equal(2L, await ScalarAsync(shop, "SELECT count(*) FROM payments.payments"));
    }

    [Fact]
    public async Task What_is_not_sold_through_Creem_is_refused_and_the_check_says_what_is_missing()
    {
        await using var shop = await CreemShop.OpenAsync("--Catalog:CreemProducts:medium", "prod_medium_1999_usd");
        var user = await shop.Server.CreateUserAsync();
        var admin = await shop.Server.CreateAdminAsync();
        foreach (var way in new[] { "creem", "creem-advanced" })
        {
            using var answer = await user.Http.PostAsJsonAsync($"/api/payments/{way}", new { packageId = "large" }, Ct);
            await answer.FaultAsync(400, "PACKAGE_UNKNOWN");
        }

        using var check = await admin.Http.GetAsync("/api/check-creem-config", Ct);
        var said = await check.DataAsync();
        Assert.Equal("test", said.GetProperty("mode").GetString());
        Assert.Equal(
            ["small ok", "medium otherPrice", "large missing", "pro ok", "team ok"],
            said.GetProperty("products").EnumerateArray().Select(p => $"{p.GetProperty("item").GetString()} {p.GetProperty("state").GetString()}"));
    }

    [Fact]
    public async Task The_nightly_comparison_finds_what_no_event_told_and_matches_it_once()
    {
        await using var shop = await CreemShop.OpenAsync();
        var (user, unproved) = (await shop.Server.CreateUserAsync(), await shop.Server.CreateUserAsync());
        await ProveAsync(shop, user.Id);
        await shop.Creem.ControlAsync("/__deliveries", new { lose = true });
        foreach (var (way, what) in new (string, object)[] { ("creem-advanced", new { packageId = "small" }), ("creem", new { packageId = "small" }), ("creem-advanced", new { planId = "pro" }) })
        {
            await shop.PayAsync(await CreemShop.OrderAsync(user.Http, way, what), user.Email);
        }

        await shop.PayAsync(await CreemShop.OrderAsync(unproved.Http, "creem"), unproved.Email);
        var job = shop.Server.Services.GetRequiredService<ReconciliationJob>();
        await job.RunOnceAsync(Ct);
        Assert.Equal(1L, await ScalarAsync(shop, "SELECT count(*) FROM payments.payments")); // the plan; packages are too fresh to be matched by anything but their order
        shop.Time.By = TimeSpan.FromHours(2);
        await job.RunOnceAsync(Ct);
        await job.RunOnceAsync(Ct);

        Assert.Equal(3L, await ScalarAsync(shop, "SELECT count(*) FROM payments.orders WHERE state = 'paid'"));
        Assert.Equal(3L, await ScalarAsync(shop, "SELECT count(*) FROM payments.payments"));
        Assert.Equal(0L, await ScalarAsync(shop, $"SELECT count(*) FROM payments.payments WHERE user_id = '{unproved.Id}'"));
        Assert.Equal(0L, await ScalarAsync(shop, "SELECT count(*) FROM payments.orders WHERE state <> 'paid'"));
    }

    private static async Task AgainAsync(CreemShop shop)
    {
        var sent = await shop.Creem.Http.GetFromJsonAsync<System.Text.Json.JsonElement>("/__deliveries", Ct);
        await shop.Creem.ControlAsync($"/__deliveries/again?event={sent.GetProperty("sent")[0].GetProperty("eventId").GetString()}");
        await shop.Creem.DeliveredAsync();
    }

    private static Task<object?> ProveAsync(CreemShop shop, Guid user) => ScalarAsync(shop, $"UPDATE accounts.users SET email_verified_at = now() WHERE id = '{user}' RETURNING 1");

    private static async Task<string?> StatusAsync(CreemShop shop) => (string?)await ScalarAsync(shop, "SELECT status FROM payments.subscriptions");

    private static async Task<object?> ScalarAsync(CreemShop shop, string sql)
    {
        await using var connection = new NpgsqlConnection(shop.Server.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Ct);
    }
}
