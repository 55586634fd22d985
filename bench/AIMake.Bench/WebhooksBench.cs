using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace AIMake.Bench;

/// <summary>
/// Two hundred payments a second, the event of each sent twenty times within a second, among those of the others: signature, inbox, order, ledger and a
/// durable commit for the first copy, thanks for the rest. The same deliveries at the same pace to a receiver that only checks the signature
/// are beside it. Sender, server and database share the cores.
/// </summary>
internal static class WebhooksBench
{
    private const int EventsPerSecond = 200;
    private const int Copies = 20;
    private const int Seconds = 8;
    private const int Users = 10;
    private const string Secret = "whsec_of_the_benchmark_0123456789";

    public static async Task RunAsync(BenchRun bench)
    {
        await using var stripe = await StripeAsync();
        await using var receiver = await ReceiverAsync();
        await using var server = await ServerUnderTest.StartAsync(
            null, "--Payments:Stripe:SecretKey", "sk_test_bench", "--Payments:Stripe:WebhookSecret:0", Secret, "--Payments:Stripe:BaseUrl", stripe.Urls.First(),
            "--Outbound:AllowedHosts:0", new Uri(stripe.Urls.First()).Authority, "--Logging:LogLevel:AIMake.Payments", "Error");
        var users = await Task.WhenAll(Enumerable.Range(0, Users).Select(_ => server.UserAsync()));
        await StormAsync(new Uri(server.Http.BaseAddress!, "/api/webhooks/stripe"), await OrderAsync(users, EventsPerSecond)); // warm up

        var bare = await StormAsync(new Uri(receiver.Urls.First()), [.. Enumerable.Range(0, EventsPerSecond * Seconds).Select(_ => Guid.CreateVersion7())]);
        Console.WriteLine($"bare receiver: {bare}");
        var orders = await OrderAsync(users, EventsPerSecond * Seconds);
        var before = await server.ProcessorTimeAsync();
        var ours = await StormAsync(new Uri(server.Http.BaseAddress!, "/api/webhooks/stripe"), orders);
        var after = await server.ProcessorTimeAsync();
        Console.WriteLine($"aimake:        {ours}");
        Console.WriteLine(FormattableString.Invariant(
            $"processor time of an event with its {Copies} copies: server {(after.Server - before.Server).TotalMilliseconds / orders.Count:0.00} ms, database {(after.Database - before.Database).TotalMilliseconds / orders.Count:0.00} ms"));

        var books = await Task.WhenAll(users.Select(async u => await ServerUnderTest.DataAsync(await u.GetAsync("/api/credits/books"))));
        var paid = books.Sum(b => b.GetProperty("days").EnumerateArray().Sum(d => d.GetProperty("payments").GetInt32()));
        bench.Verdict($"p99 of {EventsPerSecond} events a second, each {Copies} times, ms", ours.P99, 200, atLeast: false);
        bench.Verdict("not thanked for", ours.Failed, 0, atLeast: false);
        bench.Verdict("payments less orders", Math.Abs(paid - orders.Count - EventsPerSecond), 0, atLeast: false);
        bench.Verdict("users whose books do not close", books.Count(b => !b.GetProperty("closes").GetBoolean()), 0, atLeast: false);
    }

    private static async Task<IReadOnlyList<Guid>> OrderAsync(HttpClient[] users, int count)
    {
        var orders = new Guid[count];
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = users.Length }, async (n, ct) =>
        {
            using var answer = await users[n % users.Length].PostAsJsonAsync("/api/payments/stripe", new { packageId = "small" }, ct);
            orders[n] = (await ServerUnderTest.DataAsync(answer)).GetProperty("orderId").GetGuid();
        });
        return orders;
    }

    /// <summary>The first copy of each event when its payment is made, the others by chance in the second after it.</summary>
    private static async Task<OpenLoopFigures> StormAsync(Uri address, IReadOnlyList<Guid> orders)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 64 });
        var events = orders.Select(Event).ToArray();
        var copies = Enumerable.Range(0, events.Length * Copies)
            .Select(n => (Event: n / Copies, At: ((double)(n / Copies) / EventsPerSecond) + (n % Copies == 0 ? 0 : Random.Shared.NextDouble())))
            .OrderBy(c => c.At).Select(c => c.Event).ToArray();
        return await OpenLoop.RunAsync(EventsPerSecond * Copies, copies.Length, async number =>
        {
            var (body, signature) = events[copies[number]];
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } } };
            request.Headers.Add("Stripe-Signature", signature);
            using var answer = await http.SendAsync(request);
            return answer.IsSuccessStatusCode;
        });
    }

    private static (byte[] Body, string Signature) Event(Guid order)
    {
        var created = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var now = created.ToString(CultureInfo.InvariantCulture);
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            id = $"evt_{order:N}", @object = "event", api_version = "2026-10-28.endive", type = "checkout.session.completed", created, livemode = false,
            data = new
            {
                @object = new
                {
                    id = $"cs_{order:N}", @object = "checkout.session", mode = "payment", status = "complete", payment_status = "paid", client_reference_id = order.ToString(),
                    amount_total = 500, currency = "usd", payment_intent = $"pi_{order:N}",
                },
            },
        });
        return (body, $"t={now},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), (byte[])[.. Encoding.UTF8.GetBytes($"{now}."), .. body]))}");
    }

    /// <summary>As much of Stripe's API as an order needs.</summary>
    private static Task<WebApplication> StripeAsync()
    {
        var made = 0;
        return StandIn.StartAsync(async context =>
        {
            var (kind, id) = (context.Request.Path.Value!.Contains("customers", StringComparison.Ordinal) ? "cus" : "cs", Interlocked.Increment(ref made));
            var answer = Encoding.UTF8.GetBytes($$"""{"id":"{{kind}}_{{id}}","url":"https://pay.example.com/{{id}}"}""");
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(answer);
        });
    }

    /// <summary>Checks the signature and says thanks.</summary>
    private static async Task<WebApplication> ReceiverAsync()
    {
        var key = Encoding.UTF8.GetBytes(Secret);
        return await StandIn.StartAsync(async (context, body) =>
        {
            var parts = context.Request.Headers["Stripe-Signature"].ToString().Split(',');
            var right = HMACSHA256.HashData(key, (byte[])[.. Encoding.UTF8.GetBytes($"{parts[0][2..]}."), .. body]);
            context.Response.StatusCode = CryptographicOperations.FixedTimeEquals(right, Convert.FromHexString(parts[1][3..])) ? 200 : 400;
            await context.Response.CompleteAsync();
        });
    }
}
