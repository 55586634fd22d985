using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Payments.Books;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Payments.Creem;

/// <summary>What Creem does not tell: whose a sale was that no event brought, and how a dispute ended.</summary>
public sealed class CreemByHandTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sale_found_at_night_that_nobody_matches_waits_with_all_that_is_known_of_it_and_is_given_to_its_buyer()
    {
        await using var shop = await CreemShop.OpenAsync();
        var admin = await shop.Server.CreateAdminAsync();
        var user = await shop.Server.CreateUserAsync(); // with an address that was never confirmed
        await shop.Creem.ControlAsync("/__deliveries", new { lose = true });
        await shop.PayAsync(await CreemShop.OrderAsync(user.Http, "creem"), "payer@example.net");
        await LaterAsync(shop);

        var waiting = Assert.Single(await EventsAsync(admin, "waiting"));
        Assert.Equal("found.sale", waiting.GetProperty("type").GetString());
        var path = $"/api/admin/webhooks/{waiting.GetProperty("id").GetString()}";
        var sale = (await (await admin.Http.GetAsync(path, Ct)).DataAsync()).GetProperty("sale");
        Assert.Equal(
            ("payer@example.net", "small", 500L, "usd"),
            (sale.GetProperty("email").GetString(), sale.GetProperty("item").GetString(), sale.GetProperty("amount").GetInt64(), sale.GetProperty("currency").GetString()));

        await (await admin.Http.PostAsJsonAsync($"{path}/assign", new { userId = Guid.NewGuid(), reason = "wrote to us" }, Ct)).FaultAsync(404, "NOT_FOUND");
        await (await admin.Http.PostAsJsonAsync($"{path}/assign", new { userId = user.Id, reason = " " }, Ct)).FaultAsync(400, "FIELD_INVALID");
        await (await user.Http.PostAsJsonAsync($"{path}/assign", new { userId = user.Id, reason = "mine" }, Ct)).FaultAsync(403, "FORBIDDEN");
        var given = await (await admin.Http.PostAsJsonAsync($"{path}/assign", new { userId = user.Id, reason = "wrote to us from it" }, Ct)).DataAsync();

        Assert.Equal(("applied", 500m), (given.GetProperty("state").GetString(), await CreemShop.BoughtAsync(user.Http)));
        await (await admin.Http.PostAsJsonAsync($"{path}/assign", new { userId = user.Id, reason = "once more" }, Ct)).FaultAsync(409, "EVENT_TAKEN");
        await CompareAsync(shop);
        Assert.Equal(500m, await CreemShop.BoughtAsync(user.Http));
        Assert.Equal(1L, await TestDatabase.ExecuteAsync(shop.Server, $"SELECT count(*) FROM operations.audit WHERE action = 'sale.assigned' AND detail ->> 'reason' = 'wrote to us from it' AND actor = '{admin.Id}'"));
        await BooksCloseAsync(admin);
    }

    [Fact]
    public async Task A_sale_that_waits_for_a_person_is_closed_when_its_own_event_comes_after_all()
    {
        await using var shop = await CreemShop.OpenAsync();
        var admin = await shop.Server.CreateAdminAsync();
        var user = await shop.Server.CreateUserAsync();
        await shop.Creem.ControlAsync("/__deliveries", new { hold = true });
        await shop.PayAsync(await CreemShop.OrderAsync(user.Http, "creem"), "payer@example.net");
        await LaterAsync(shop);
        Assert.Single(await EventsAsync(admin, "waiting"));

        await shop.Creem.ControlAsync("/__deliveries", new { });
        await shop.Creem.ControlAsync("/__deliveries/release");
        await shop.Creem.DeliveredAsync();

        Assert.Equal(500m, await CreemShop.BoughtAsync(user.Http));
        Assert.Empty(await EventsAsync(admin, "waiting"));
        await CompareAsync(shop);
        await BooksCloseAsync(admin);
    }

    [Theory]
    [InlineData("won", "paid", 500)]
    [InlineData("lost", "chargedBack", 0)]
    public async Task A_person_says_how_a_dispute_ended_once_and_with_a_reason(string outcome, string state, int credits)
    {
        await using var shop = await CreemShop.OpenAsync();
        var admin = await shop.Server.CreateAdminAsync();
        var user = await shop.Server.CreateUserAsync();
        var order = await CreemShop.OrderAsync(user.Http);
        await shop.PayAsync(order);
        var payment = (await shop.Creem.PaymentsAsync()).Single().Id;
        var dispute = (await shop.Creem.ControlAsync($"/__creem/transactions/{payment}/dispute")).GetProperty("id").GetString();
        await shop.Creem.DeliveredAsync();
        Assert.Equal("disputed", await CreemShop.StateAsync(user.Http, order));

        var path = $"/api/admin/disputes/creem/{dispute}";
        await (await admin.Http.PostAsJsonAsync(path, new { outcome, reason = "" }, Ct)).FaultAsync(400, "FIELD_INVALID");
        var decided = await (await admin.Http.PostAsJsonAsync(path, new { outcome, reason = "Creem's mail of today" }, Ct)).DataAsync();
        await (await admin.Http.PostAsJsonAsync(path, new { outcome = "lost", reason = "again" }, Ct)).FaultAsync(409, "DISPUTE_DECIDED");

        Assert.Equal((outcome, "Creem's mail of today", admin.Id), (decided.GetProperty("state").GetString(), decided.GetProperty("reason").GetString(), decided.GetProperty("decidedBy").GetGuid()));
        Assert.Equal((state, (decimal)(500 + credits)), (await CreemShop.StateAsync(user.Http, order), await StripeShop.CreditsAsync(user)));
        Assert.Equal(1L, await TestDatabase.ExecuteAsync(shop.Server, $"SELECT count(*) FROM operations.audit WHERE action = 'dispute.decided' AND subject_id = '{dispute}' AND detail ->> 'outcome' = '{outcome}'"));
        await CompareAsync(shop); // Creem still calls the money charged back
        Assert.Equal(state, await CreemShop.StateAsync(user.Http, order));
        await BooksCloseAsync(admin);
    }

    [Fact]
    public async Task A_dispute_whose_event_never_came_is_seen_at_night_and_takes_its_name_when_the_event_comes()
    {
        await using var shop = await CreemShop.OpenAsync();
        var admin = await shop.Server.CreateAdminAsync();
        var user = await shop.Server.CreateUserAsync();
        var order = await CreemShop.OrderAsync(user.Http);
        await shop.PayAsync(order);
        await shop.Creem.ControlAsync("/__deliveries", new { hold = true });
        var payment = (await shop.Creem.PaymentsAsync()).Single().Id;
        var dispute = (await shop.Creem.ControlAsync($"/__creem/transactions/{payment}/dispute")).GetProperty("id").GetString();

        await CompareAsync(shop);
        Assert.Equal(("disputed", 500m), (await CreemShop.StateAsync(user.Http, order), await StripeShop.CreditsAsync(user)));
        Assert.Equal($"unnamed:{payment}", Assert.Single(await DisputesAsync(admin)).GetProperty("disputeId").GetString());
        await shop.Creem.ControlAsync("/__deliveries", new { });
        await shop.Creem.ControlAsync("/__deliveries/release");
        await shop.Creem.DeliveredAsync();
        await CompareAsync(shop);

        Assert.Equal(dispute, Assert.Single(await DisputesAsync(admin)).GetProperty("disputeId").GetString());
        Assert.Equal(("disputed", 500m), (await CreemShop.StateAsync(user.Http, order), await StripeShop.CreditsAsync(user)));
        await BooksCloseAsync(admin);
    }

    private static Task<int> CompareAsync(CreemShop shop) => shop.Server.Services.GetRequiredService<ReconciliationJob>().RunOnceAsync(Ct);

    /// <summary>Two nights' work, once the money is old enough to be looked at by who paid.</summary>
    private static async Task LaterAsync(CreemShop shop)
    {
        shop.Time.By = TimeSpan.FromHours(2);
        await CompareAsync(shop);
        await CompareAsync(shop);
        shop.Time.By = TimeSpan.Zero; // everybody's tokens are good again
    }

    private static async Task<JsonElement[]> EventsAsync(TestUser admin, string state) => await ItemsAsync(admin, $"/api/admin/webhooks?state={state}");

    private static async Task<JsonElement[]> DisputesAsync(TestUser admin) => await ItemsAsync(admin, "/api/admin/disputes");

    private static async Task<JsonElement[]> ItemsAsync(TestUser admin, string path) =>
        [.. (await (await admin.Http.GetAsync(path, Ct)).DataAsync()).GetProperty("items").EnumerateArray()];

    private static async Task BooksCloseAsync(TestUser admin)
    {
        var books = await (await admin.Http.GetAsync("/api/admin/books", Ct)).DataAsync();
        Assert.True(books.GetProperty("closes").GetBoolean(), books.ToString());
    }
}
