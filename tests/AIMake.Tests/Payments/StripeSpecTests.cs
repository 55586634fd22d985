using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AIMake.Payments;
using AIMake.Payments.Books;
using AIMake.Payments.Stripe;
using AIMake.Payments.Subscriptions;
using AIMake.Tests.Architecture;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Payments;

/// <summary>
/// Every request this server can make of Stripe, held against Stripe's own description of its API (<c>stripe-subset.json</c>, found through
/// <c>AIMAKE_SPECS</c> or beside the repository; it is not ours to keep here).
/// </summary>
public sealed class StripeSpecTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_request_of_ours_is_as_Stripe_describes_it()
    {
        var description = Description();
        var time = new Creem.LaterTime();
        var stripe = new AIMake.Tests.Simulator.SimulatorHost();
        await using var _ = stripe;
        await stripe.InitializeAsync();
        await using var server = await TestServer.StartAsync(
            [
                "--Payments:Stripe:SecretKey", "sk_test_simulated", "--Payments:Stripe:BaseUrl", $"{stripe.Http.BaseAddress}stripe", "--Payments:Stripe:WebhookSecret", StripeShop.Secret,
                "--Payments:Stripe:PromotionCodes", "true", "--Payments:Stripe:AutomaticTax", "true", "--Outbound:AllowedHosts", stripe.Host,
            ],
            b => b.Services.AddSingleton<TimeProvider>(time));
        await stripe.ControlAsync("/__webhooks", new { provider = "stripe", url = $"{server.Address}api/webhooks/stripe", secret = StripeShop.Secret });
        await DoEverythingAsync(server, stripe, time);

        var calls = (await stripe.BookAsync()).Where(c => c.Path.StartsWith("/stripe/v1/", StringComparison.Ordinal)).ToList();
        Assert.All(calls, c => Assert.True(c.Status == 200, $"{c.Method} {c.Path}: {c.Status} {c.Body}")); // what lists may be asked, the simulator knows
        var sent = calls.Where(c => c.Method != "GET").Select(c => (Operation: Operation(c.Method, c.Path), c.Body)).ToList();
        foreach (var (operation, body) in sent)
        {
            Assert.Empty(description.Faults(operation, body ?? ""));
        }

        Assert.Equal(
            ["delete /v1/subscriptions/{}", "post /v1/billing_portal/sessions", "post /v1/checkout/sessions", "post /v1/customers", "post /v1/refunds", "post /v1/subscriptions/{}"],
            sent.Select(s => s.Operation).Distinct().Order(StringComparer.Ordinal));
        string[] read = ["charges", "checkout/sessions", "disputes", "events", "invoice_payments", "invoices", "refunds", "subscriptions/{}"];
        Assert.Empty(read.Except(calls.Where(c => c.Method == "GET").Select(c => Operation("GET", c.Path)["get /v1/".Length..])));
    }

    [Theory]
    [InlineData("post /v1/refunds", "payment_intent=pi_1&amount=5&metadata[refund_id]=x", null)]
    [InlineData("post /v1/refunds", "payment_intent=pi_1&amount=five", "amount")]
    [InlineData("post /v1/refunds", "payment_intent=pi_1&reason=because", "reason")]
    [InlineData("post /v1/refunds", "payment=pi_1", "payment")]
    [InlineData("post /v1/subscriptions/{}", "cancel_at_period_end=false&cancel_at=", null)]
    [InlineData("post /v1/subscriptions/{}", "cancel_at_period_end=yes", "cancel_at_period_end")]
    [InlineData("post /v1/checkout/sessions", "mode=payment&line_items[0][quantity]=1&line_items[0][price_data][unit_amount]=5", "line_items[0][price_data][currency]")]
    [InlineData("post /v1/checkout/sessions", "mode=payment&payment_method_types[0]=card", "payment_method_types")]
    [InlineData("post /v1/checkout/sessions", "mode=payment&line_items[0][amount]=5", "line_items[0][amount]")]
    [InlineData("post /v1/billing_portal/sessions", "customer=cus_1&return_to=x", "return_to")]
    public void A_mistake_would_be_seen(string operation, string body, string? at)
    {
        var faults = Description().Faults(operation, body);

        Assert.Equal(at is null ? [] : [at], faults.Select(f => f.Split(' ')[0]));
    }

    private static async Task DoEverythingAsync(TestServer server, AIMake.Tests.Simulator.SimulatorHost stripe, Creem.LaterTime time)
    {
        var admin = await server.CreateAdminAsync();
        var user = await server.CreateUserAsync();
        var (pack, session) = await StripeShop.OrderAsync(user, new { packageId = "small" });
        await stripe.ControlAsync($"/__stripe/sessions/{session}/pay?tax=40");
        foreach (var plan in new[] { "pro", "team" })
        {
            var (_, tab) = await StripeShop.OrderAsync(user, new { planId = plan }); // two tabs: both pages were open before the first was paid
            session = plan == "pro" ? tab : session;
            await stripe.ControlAsync("/__deliveries", new { provider = "stripe", hold = true });
            await stripe.ControlAsync($"/__stripe/sessions/{tab}/pay");
        }

        await stripe.ControlAsync("/__deliveries", new { provider = "stripe" });
        await stripe.ControlAsync("/__deliveries/release");
        await stripe.DeliveredAsync();
        Assert.Equal(1, await server.Services.GetRequiredService<SurplusJob>().RunOnceAsync(Ct));
        await stripe.DeliveredAsync();
        foreach (var send in new Func<Task<HttpResponseMessage>>[]
        {
            () => user.Http.DeleteAsync("/api/subscription", Ct), () => user.Http.PostAsync("/api/subscription/resume", null, Ct), () => user.Http.PostAsync("/api/subscription/portal", null, Ct),
            () => ChangeAsync(user), () => user.Http.PostAsync($"/api/payments/orders/{pack}/recheck", null, Ct),
            () => admin.Http.PostAsJsonAsync($"/api/admin/orders/{pack}/refund", new { reason = "a part", amount = 100 }, Ct),
        })
        {
            await (await send()).DataAsync();
        }

        var charge = (await stripe.PaymentsAsync()).Last(p => p.Refunded == 0);
        await stripe.ControlAsync($"/__stripe/payments/{charge.Id}/dispute");
        await stripe.DeliveredAsync();
        await server.Services.GetRequiredService<ReconciliationJob>().RunOnceAsync(Ct);
    }

    private static async Task<HttpResponseMessage> ChangeAsync(TestUser user)
    {
        var plan = (await StripeShop.SubscriptionAsync(user)).GetProperty("plan").GetString();
        return await user.Http.PostAsJsonAsync("/api/subscription", new { planId = plan == "pro" ? "team" : "pro" }, Ct);
    }

    /// <summary><c>post /v1/subscriptions/{}</c>.</summary>
    private static string Operation(string method, string path)
    {
        var bare = path["/stripe".Length..].Split('?')[0];
        return $"{method.ToLowerInvariant()} {string.Join('/', bare.Split('/').Select(p => p.Contains('_') && p.Any(char.IsAsciiDigit) && !p.StartsWith("invoice_", StringComparison.Ordinal) ? "{}" : p))}";
    }

    private static StripeDescription Description()
    {
        var root = SourceFiles.Root;
        var file = new[] { Environment.GetEnvironmentVariable("AIMAKE_SPECS"), Path.Combine(root, "..", "shared", "specs"), Path.Combine(root, "..", "..", "shared", "specs") }
            .OfType<string>().Select(folder => Path.Combine(folder, "stripe-subset.json")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(file is null, "stripe-subset.json is not at hand: set AIMAKE_SPECS to its folder");
        return new StripeDescription(JsonNode.Parse(File.ReadAllText(file!))!);
    }

    /// <summary>Reads a form as Stripe does and says what its description does not allow.</summary>
    private sealed class StripeDescription(JsonNode document)
    {
        private const string Form = "application/x-www-form-urlencoded";

        /// <returns>Each begins with the member's full name.</returns>
        public IReadOnlyList<string> Faults(string operation, string body)
        {
            var (method, path) = (operation.Split(' ')[0], operation.Split(' ')[1]);
            var known = document["paths"]!.AsObject().Single(p => Bare(p.Key) == path).Value!;
            var faults = new List<string>();
            Check(known[method]!["requestBody"]!["content"]![Form]!["schema"]!.AsObject(), Parse(body), "", faults);
            return faults;
        }

        private static string Bare(string path) => string.Join('/', path.Split('/').Select(p => p.StartsWith('{') ? "{}" : p));

        private static JsonObject Parse(string body)
        {
            var root = new JsonObject();
            foreach (var pair in new QueryStringEnumerable(body))
            {
                var path = pair.DecodeName().ToString().Replace("]", "", StringComparison.Ordinal).Split('[');
                var at = root;
                foreach (var name in path[..^1])
                {
                    at = (at[name] ??= new JsonObject()).AsObject();
                }

                at.Add(path[^1], pair.DecodeValue().ToString()); // twice: throws
            }

            return root;
        }

        private static void Check(JsonObject schema, JsonNode? value, string at, List<string> faults)
        {
            if (schema["anyOf"] is JsonArray choices)
            {
                var tries = choices.Select(choice => Tried(choice!.AsObject(), value, at)).ToList();
                if (tries.All(t => t.Count > 0))
                {
                    faults.AddRange(tries[0]);
                }

                return;
            }

            var (type, text) = ((string?)schema["type"], value is JsonValue v ? v.GetValue<string>() : null);
            if (type == "object" && value is JsonObject members)
            {
                CheckObject(schema, members, at, faults);
            }
            else if (type == "array" && value is JsonObject rows)
            {
                var places = Enumerable.Range(0, rows.Count).Select(n => n.ToString(CultureInfo.InvariantCulture));
                if (!rows.Select(r => r.Key).SequenceEqual(places))
                {
                    faults.Add($"{at} is no list");
                }

                foreach (var (place, row) in rows)
                {
                    Check(schema["items"]!.AsObject(), row, $"{at}[{place}]", faults);
                }
            }
            else if (text is null || !IsA(type, schema, text))
            {
                faults.Add($"{at} is no {type}: {value}");
            }
        }

        private static List<string> Tried(JsonObject schema, JsonNode? value, string at)
        {
            var faults = new List<string>();
            Check(schema, value, at, faults);
            return faults;
        }

        private static void CheckObject(JsonObject schema, JsonObject members, string at, List<string> faults)
        {
            var (known, others) = (schema["properties"] as JsonObject, schema["additionalProperties"] as JsonObject);
            foreach (var (name, value) in members)
            {
                var full = at.Length == 0 ? name : $"{at}[{name}]";
                if ((known?[name] ?? others) is JsonObject one)
                {
                    Check(one, value, full, faults);
                }
                else
                {
                    faults.Add($"{full} is not known");
                }
            }

            foreach (var needed in (schema["required"] as JsonArray ?? []).Select(n => (string)n!).Where(n => !members.ContainsKey(n)))
            {
                faults.Add($"{(at.Length == 0 ? needed : $"{at}[{needed}]")} is missing");
            }

            if (members.Count > ((int?)schema["maxProperties"] ?? int.MaxValue))
            {
                faults.Add($"{at} has too many members");
            }
        }

        private static bool IsA(string? type, JsonObject schema, string text) => type switch
        {
            "integer" => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "number" => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
            "boolean" => text is "true" or "false",
            "string" => text.Length <= ((int?)schema["maxLength"] ?? int.MaxValue) && (schema["enum"] is JsonArray words ? words.Any(w => (string?)w == text) : text.Length > 0),
            _ => false,
        };
    }
}
