using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AIMake.Payments.Books;
using AIMake.Payments.Stripe;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Payments;

/// <summary>Packages through Stripe's API, pages and notices, all of them simulated; the simulator refuses parameters Stripe does not know.</summary>
public sealed class StripeTests(StripeShop shop) : IClassFixture<StripeShop>
{
    private static readonly object Small = new { packageId = "small" };

    [Fact]
    public async Task A_package_is_ordered_paid_and_there()
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, session) = await StripeShop.OrderAsync(user, Small);
        Assert.Equal("pending", await StripeShop.StateAsync(user, order));

        await shop.ActAsync($"sessions/{session}/pay");

        Assert.Equal(("paid", 1000m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
        var bought = (await (await user.Http.GetAsync("/api/user/purchases")).DataAsync()).GetProperty("items")[0];
        Assert.Equal((order, "500 credits", 500, "usd"), (bought.GetProperty("id").GetGuid(), bought.GetProperty("name").GetString(), bought.GetProperty("amount").GetInt64(), bought.GetProperty("currency").GetString()));
        await shop.BooksCloseAsync();
    }

    [Fact]
    public async Task What_is_for_sale_is_told_to_anybody_in_their_language()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/packages");
        request.Headers.AcceptLanguage.Add(new StringWithQualityHeaderValue("zh-CN"));
        var chinese = await (await shop.Server.Anonymous.SendAsync(request)).DataAsync();
        var english = await (await shop.Server.Anonymous.GetAsync("/api/packages")).DataAsync();

        Assert.Equal(["free", "pro", "team"], english.GetProperty("plans").EnumerateArray().Select(p => p.GetProperty("id").GetString()));
        Assert.Equal(["500 点", "2,200 点", "6,000 点"], chinese.GetProperty("packages").EnumerateArray().Select(p => p.GetProperty("name").GetString()));
        Assert.Equal(["stripe"], english.GetProperty("packages")[0].GetProperty("providers").EnumerateArray().Select(p => p.GetString()));
    }

    /// <summary>S34.</summary>
    [Theory]
    [InlineData("""{"packageId":"small","amount":1}""", "UNKNOWN_FIELD")]
    [InlineData("""{"packageId":"small","currency":"jpy"}""", "UNKNOWN_FIELD")]
    [InlineData("""{"packageId":"small","userId":"01a1ff7b-7504-788f-a6f0-2a0f49c9d557"}""", "UNKNOWN_FIELD")]
    [InlineData("""{"packageId":"small","planId":"pro"}""", "FIELD_INVALID")]
    [InlineData("""{"packageId":"huge"}""", "PACKAGE_UNKNOWN")]
    [InlineData("""{"planId":"free"}""", "PACKAGE_UNKNOWN")]
    [InlineData("{}", "FIELD_REQUIRED")]
    public async Task Only_what_is_for_sale_can_be_asked_for(string body, string code)
    {
        var user = await shop.Server.CreateUserAsync();

        await (await user.Http.PostAsync("/api/payments/stripe", new StringContent(body, Encoding.UTF8, "application/json"))).FaultAsync(400, code);
    }

    [Fact]
    public async Task A_subscription_is_sold_by_a_provider_there_is()
    {
        var user = await shop.Server.CreateUserAsync();

        await (await user.Http.PostAsJsonAsync("/api/subscription", new { planId = "pro", provider = "paypal" })).FaultAsync(400, "FIELD_INVALID");
        await (await user.Http.PostAsJsonAsync("/api/subscription", new { planId = "pro", provider = "creem" })).FaultAsync(503, "PAYMENT_NOT_CONFIGURED");
    }

    [Fact]
    public async Task The_same_key_is_the_same_order()
    {
        var user = await shop.Server.CreateUserAsync();
        var answers = new List<string>();
        for (var n = 0; n < 3; n++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/payments/stripe") { Content = JsonContent.Create(Small) };
            request.Headers.Add("Idempotency-Key", $"buy-{user.Id}");
            answers.Add((await (await shop.Server.ClientWith(user.AccessToken).SendAsync(request)).DataAsync()).ToString());
        }

        Assert.Single(answers.Distinct());
        using var other = new HttpRequestMessage(HttpMethod.Post, "/api/payments/stripe") { Content = JsonContent.Create(new { packageId = "large" }) };
        other.Headers.Add("Idempotency-Key", $"buy-{user.Id}");
        await (await user.Http.SendAsync(other)).FaultAsync(422, "IDEMPOTENCY_KEY_REUSED");
    }

    [Fact]
    public async Task A_notice_that_never_comes_is_made_up_for_by_asking_and_coming_late_it_adds_nothing()
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, session) = await StripeShop.OrderAsync(user, Small);
        await shop.Stripe.ControlAsync("/__deliveries", new { provider = "stripe", hold = true });
        await shop.ActAsync($"sessions/{session}/pay");
        Assert.Equal(("pending", 500m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));

        var asked = await (await user.Http.PostAsync($"/api/payments/orders/{order}/recheck", null)).DataAsync();
        await shop.Stripe.ControlAsync("/__deliveries", new { provider = "stripe" });
        await shop.Stripe.ControlAsync("/__deliveries/release");
        await shop.Stripe.DeliveredAsync();

        Assert.Equal("paid", asked.GetProperty("state").GetString());
        Assert.Equal(1000m, await StripeShop.CreditsAsync(user));
        await shop.BooksCloseAsync();
    }

    /// <summary>F34.</summary>
    [Fact]
    public async Task Every_notice_ten_times_and_shuffled_is_one_grant()
    {
        var user = await shop.Server.CreateUserAsync();
        await shop.Stripe.ControlAsync("/__deliveries", new { provider = "stripe", copies = 10, shuffleMs = 100 });
        var (order, _) = await shop.BuyAsync(user, Small);
        await shop.Stripe.ControlAsync("/__deliveries", new { provider = "stripe" });

        Assert.Equal(("paid", 1000m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
    }

    [Fact]
    public async Task Money_that_takes_days_is_awaited_and_comes_or_does_not()
    {
        foreach (var (comes, state, credits) in new[] { ("arrive", "paid", 1000m), ("bounce", "failed", 500m) })
        {
            var user = await shop.Server.CreateUserAsync();
            var (order, session) = await StripeShop.OrderAsync(user, Small);
            await shop.ActAsync($"sessions/{session}/pay-later");
            Assert.Equal("awaiting", await StripeShop.StateAsync(user, order));

            await shop.ActAsync($"sessions/{session}/{comes}");

            Assert.Equal((state, credits), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
        }
    }

    [Fact]
    public async Task A_page_that_ran_out_closes_its_order()
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, session) = await StripeShop.OrderAsync(user, Small);

        await shop.ActAsync($"sessions/{session}/expire");

        Assert.Equal("expired", await StripeShop.StateAsync(user, order));
    }

    [Fact]
    public async Task An_admin_gives_money_back_in_parts_and_the_credits_go_with_it()
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, _) = await shop.BuyAsync(user, Small);

        var half = await (await shop.Admin.Http.PostAsJsonAsync($"/api/admin/orders/{order}/refund", new { reason = "asked for it", amount = 200 })).DataAsync();
        await shop.Stripe.DeliveredAsync();
        Assert.Equal(("partlyRefunded", 800m), (half.GetProperty("order").GetProperty("state").GetString(), await StripeShop.CreditsAsync(user)));
        await (await shop.Admin.Http.PostAsJsonAsync($"/api/admin/orders/{order}/refund", new { reason = "too much", amount = 301 })).FaultAsync(400, "FIELD_OUT_OF_RANGE");
        await (await shop.Admin.Http.PostAsJsonAsync($"/api/admin/orders/{order}/refund", new { reason = "the rest" })).DataAsync();
        await shop.Stripe.DeliveredAsync();

        Assert.Equal(("refunded", 500m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
        await (await shop.Admin.Http.PostAsJsonAsync($"/api/admin/orders/{order}/refund", new { reason = "more" })).FaultAsync(409, "ORDER_NOT_REFUNDABLE");
        Assert.Equal([("order.refunded", "the rest"), ("order.refunded", "asked for it")], await AuditAsync(order, "reason"));
        await shop.BooksCloseAsync();
    }

    [Fact]
    public async Task An_order_granted_by_hand_says_in_the_log_by_whom_and_why()
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, _) = await StripeShop.OrderAsync(user, Small);

        await (await shop.Admin.Http.PostAsJsonAsync($"/api/admin/orders/{order}/grant", new { reason = "paid by bank" })).DataAsync();
        await (await shop.Admin.Http.PostAsJsonAsync($"/api/admin/orders/{order}/grant", new { reason = "once more" })).FaultAsync(409, "ORDER_PAID");

        Assert.Equal([("order.granted", "paid by bank")], await AuditAsync(order, "reason"));
    }

    [Fact]
    public async Task A_refund_that_fails_in_the_end_gives_the_credits_back()
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, session) = await shop.BuyAsync(user, Small);
        var refund = await shop.ActAsync($"payments/{session.GetProperty("payment_intent").GetString()}/refund");
        Assert.Equal(("refunded", 500m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));

        await shop.ActAsync($"refunds/{refund.GetProperty("id").GetString()}/failed");

        Assert.Equal(("paid", 1000m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
        await shop.BooksCloseAsync();
    }

    [Fact]
    public async Task A_dispute_takes_the_credits_and_one_that_is_won_brings_them_back()
    {
        foreach (var (end, state, credits) in new[] { ("won", "paid", 1000m), ("lost", "chargedBack", 500m) })
        {
            var user = await shop.Server.CreateUserAsync();
            var (order, session) = await shop.BuyAsync(user, Small);
            var dispute = await shop.ActAsync($"payments/{session.GetProperty("payment_intent").GetString()}/dispute");
            Assert.Equal(("disputed", 500m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));

            await shop.ActAsync($"disputes/{dispute.GetProperty("id").GetString()}/{end}");

            Assert.Equal((state, credits), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
        }

        await shop.BooksCloseAsync();
    }

    [Fact]
    public async Task The_nightly_comparison_heals_what_no_notice_told_and_knows_the_providers_sums()
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, session) = await StripeShop.OrderAsync(user, Small);
        await shop.Stripe.ControlAsync("/__deliveries", new { provider = "stripe", lose = true });
        await shop.ActAsync($"sessions/{session}/pay");
        await shop.Stripe.ControlAsync("/__deliveries", new { provider = "stripe" });

        var healed = await shop.Server.Services.GetRequiredService<ReconciliationJob>().RunOnceAsync(default);

        Assert.True(healed >= 1);
        Assert.Equal(("paid", 1000m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
        var books = await (await shop.Admin.Http.GetAsync("/api/admin/books")).DataAsync();
        var today = books.GetProperty("days").EnumerateArray().Single(d => d.GetProperty("currency").GetString() == "usd");
        Assert.InRange(today.GetProperty("compared").GetInt32(), 1, today.GetProperty("payments").GetInt32()); // other tests make payments up
        Assert.Equal(today.GetProperty("compared").GetInt32() * 500L, today.GetProperty("providerPaid").GetInt64());
        Assert.Equal((0L, 0), (today.GetProperty("providerDrift").GetInt64(), books.GetProperty("unknown").GetArrayLength()));
        Assert.Equal(0, await shop.Server.Services.GetRequiredService<ReconciliationJob>().RunOnceAsync(default)); // nothing is left to heal
    }

    /// <summary>S38, S39.</summary>
    [Fact]
    public async Task A_forged_unsigned_or_old_notice_changes_nothing()
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, _) = await StripeShop.OrderAsync(user, Small);
        var body = Event("evt_forged", order, 500);

        await (await SendAsync(body, null)).FaultAsync(400, "SIGNATURE_INVALID");
        await (await SendAsync(body, Sign(body, secret: "whsec_somebody_elses_secret"))).FaultAsync(400, "SIGNATURE_INVALID");
        await (await SendAsync(body, Sign(body, secret: ""))).FaultAsync(400, "SIGNATURE_INVALID");
        await (await SendAsync(body + " ", Sign(body))).FaultAsync(400, "SIGNATURE_INVALID");
        await (await SendAsync(body, Sign(body, ago: 301))).FaultAsync(400, "TIMESTAMP_OUT_OF_TOLERANCE");
        await (await SendAsync(body, Sign(body, ago: -303))).FaultAsync(400, "TIMESTAMP_OUT_OF_TOLERANCE");

        Assert.Equal(("pending", 500m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
        await (await SendAsync(body, Sign(body))).DataAsync(); // the legal neighbour
        Assert.Equal("paid", await StripeShop.StateAsync(user, order));
    }

    /// <summary>S34: thanked for, kept, no effect.</summary>
    [Fact]
    public async Task A_signed_notice_of_another_sum_is_kept_for_a_person_and_changes_nothing()
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, _) = await StripeShop.OrderAsync(user, Small);
        var id = $"evt_{Guid.NewGuid():N}";
        var body = Event(id, order, 1);

        await (await SendAsync(body, Sign(body))).DataAsync();

        Assert.Equal(("pending", 500m), (await StripeShop.StateAsync(user, order), await StripeShop.CreditsAsync(user)));
        var refused = (await (await shop.Admin.Http.GetAsync("/api/admin/webhooks?state=refused")).DataAsync()).GetProperty("items").EnumerateArray().Single(e => e.GetProperty("eventId").GetString() == id);
        Assert.Equal(("1 usd came for an order of 500 usd", order), (refused.GetProperty("error").GetString(), refused.GetProperty("orderId").GetGuid()));
        await (await shop.Admin.Http.PostAsync($"/api/admin/webhooks/{refused.GetProperty("id").GetString()}/replay", null)).DataAsync();
        Assert.Equal("pending", await StripeShop.StateAsync(user, order));
        Assert.Equal([("webhook.replayed", "refused")], await AuditAsync(refused.GetProperty("id").GetGuid(), "outcome"));
    }

    [Fact]
    public async Task A_payment_without_an_order_waits_until_a_person_matches_it()
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, _) = await StripeShop.OrderAsync(user, Small);
        var id = $"evt_{Guid.NewGuid():N}";
        var body = Event(id, Guid.NewGuid(), 500);
        await (await SendAsync(body, Sign(body))).DataAsync();
        var waiting = (await (await shop.Admin.Http.GetAsync("/api/admin/webhooks?state=waiting")).DataAsync()).GetProperty("items").EnumerateArray().Single(e => e.GetProperty("eventId").GetString() == id);

        var matched = await (await shop.Admin.Http.PostAsJsonAsync($"/api/admin/orders/{order}/match", new { webhookId = waiting.GetProperty("id").GetString() })).DataAsync();

        Assert.Equal("paid", matched.GetProperty("order").GetProperty("state").GetString());
        Assert.Equal(1000m, await StripeShop.CreditsAsync(user));
        Assert.Equal([("order.matched", waiting.GetProperty("id").GetString())], await AuditAsync(order, "webhook"));
    }

    [Fact]
    public async Task Types_nobody_knows_are_thanked_for_and_kept()
    {
        var body = """{"id":"evt_unknown_type","object":"event","type":"radar.early_fraud_warning.created","created":1760000000,"livemode":false,"data":{"object":{"id":"x"}}}""";
        await (await SendAsync(body, Sign(body))).DataAsync();
        await (await SendAsync(body, Sign(body), "/api/webhook/stripe")).DataAsync();

        Assert.Equal(1L, await TestDatabase.ExecuteAsync(shop.Server, "SELECT count(*) FROM payments.inbox WHERE event_id = 'evt_unknown_type' AND outcome = 'nothing'"));
    }

    /// <summary>S40, S41.</summary>
    [Theory]
    [InlineData("""{"id":"evt_live","object":"event","type":"x","created":1,"livemode":true,"data":{"object":{}}}""", 200)]
    [InlineData("""{"id":"v2","object":"v2.core.event","type":"x","created":1,"livemode":false}""", 400)]
    [InlineData("[]", 400)]
    [InlineData("not json", 400)]
    public async Task Signed_bodies_that_are_no_events_of_ours_leave_nothing(string body, int status)
    {
        using var answer = await SendAsync(body, Sign(body));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(0L, await TestDatabase.ExecuteAsync(shop.Server, "SELECT count(*) FROM payments.inbox WHERE event_id IN ('evt_live', 'v2')"));
    }

    /// <summary>S41.</summary>
    [Fact]
    public async Task Huge_packed_and_deep_bodies_are_refused()
    {
        var deep = """{"id":"evt_deep","object":"event","type":"x","created":1,"livemode":false,"data":""" + new string('[', 200) + new string(']', 200) + "}";
        await (await SendAsync(deep, Sign(deep))).FaultAsync(400, "MALFORMED_JSON");
        using var huge = new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/stripe") { Content = new StringContent(new string('x', 6_000_000)) };
        huge.Headers.ExpectContinue = true;
        await (await shop.Server.Anonymous.SendAsync(huge)).FaultAsync(413, "BODY_TOO_LARGE");
        using var packed = new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/stripe") { Content = new ByteArrayContent([0x1f, 0x8b]) };
        packed.Content.Headers.ContentEncoding.Add("gzip");
        await (await shop.Server.Anonymous.SendAsync(packed)).FaultAsync(415, "UNSUPPORTED_MEDIA_TYPE");
    }

    [Fact]
    public async Task Orders_of_others_are_not_there()
    {
        var (owner, stranger) = (await shop.Server.CreateUserAsync(), await shop.Server.CreateUserAsync());
        var (order, _) = await StripeShop.OrderAsync(owner, Small);

        await (await stranger.Http.GetAsync($"/api/payments/orders/{order}")).FaultAsync(404, "NOT_FOUND");
        await (await stranger.Http.PostAsync($"/api/payments/orders/{order}/recheck", null)).FaultAsync(404, "NOT_FOUND");
    }

    [Fact]
    public async Task The_addresses_to_register_are_told()
    {
        var info = await (await shop.Admin.Http.GetAsync("/api/webhook-info")).DataAsync();

        Assert.Contains("https://aimake.example.com/api/webhooks/stripe", info.GetProperty("endpoints").EnumerateArray().Select(e => e.GetProperty("url").GetString()));
    }

    [Fact]
    public async Task A_user_sees_their_own_books_close()
    {
        var user = await shop.Server.CreateUserAsync();
        await shop.BuyAsync(user, Small);

        var books = await (await user.Http.GetAsync("/api/credits/books")).DataAsync();

        Assert.True(books.GetProperty("closes").GetBoolean());
        Assert.Equal((1000m, 0m), (books.GetProperty("ledger").GetProperty("balances").GetDecimal(), books.GetProperty("ledger").GetProperty("drift").GetDecimal()));
        Assert.Equal((500L, 500m), (books.GetProperty("days")[0].GetProperty("paid").GetInt64(), books.GetProperty("days")[0].GetProperty("credits").GetDecimal()));
    }

    private static string Event(string id, Guid order, long amount) => JsonSerializer.Serialize(new
    {
        id, @object = "event", type = "checkout.session.completed", created = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), livemode = false,
        data = new { @object = new { id = $"cs_{id}", @object = "checkout.session", mode = "payment", status = "complete", payment_status = "paid", client_reference_id = order.ToString(), amount_total = amount, currency = "usd", payment_intent = $"pi_{id}" } },
    });

    private static string Sign(string body, int ago = 0, string secret = StripeShop.Secret)
    {
        var stamp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - ago;
        return $"t={stamp},v1={Convert.ToHexStringLower(StripeSignature.Compute(secret, stamp, Encoding.UTF8.GetBytes(body)))}";
    }

    private async Task<HttpResponseMessage> SendAsync(string body, string? signature, string path = "/api/webhooks/stripe")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (signature is not null)
        {
            request.Headers.Add("Stripe-Signature", signature);
        }

        return await shop.Server.Anonymous.SendAsync(request);
    }

    /// <summary>What the admin did to an order or event, newest first, with one fact of each.</summary>
    private async Task<(string?, string?)[]> AuditAsync(Guid subject, string fact)
    {
        var page = await (await shop.Admin.Http.GetAsync($"/api/admin/audit?limit=100&actor={shop.Admin.Id}")).DataAsync();
        return [.. page.GetProperty("items").EnumerateArray()
            .Where(e => e.GetProperty("subjectId").GetString() == subject.ToString())
            .Select(e => (e.GetProperty("action").GetString(), e.GetProperty("detail").GetProperty(fact).GetString()))];
    }
}
