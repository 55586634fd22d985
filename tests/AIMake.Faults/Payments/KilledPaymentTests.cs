using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AIMake.Faults.Hosting;
using AIMake.Tests.Credits;
using AIMake.Tests.Hosting;
using Npgsql;

namespace AIMake.Faults.Payments;

/// <summary>Servers killed while providers tell of money: every order is credited once, and nothing that was thanked for is lost.</summary>
public sealed class KilledPaymentTests : IAsyncLifetime
{
    private const string Secret = "whsec_faults_0123456789abcdef";
    private static readonly string[] Sells = ["--Payments:Stripe:SecretKey", "sk_test_faults", "--Payments:Stripe:WebhookSecret", Secret];

    private readonly string _data = Directory.CreateTempSubdirectory("aimake-faults-").FullName;
    private string _database = "";

    public async ValueTask InitializeAsync() => _database = await TestPostgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await LedgerAssert.CleanAsync(_database);
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>F12: the process dies between any two steps of taking an event in; the provider, not thanked, comes again.</summary>
    [Theory]
    [InlineData("inbox.stored")]
    [InlineData("payments.applied")]
    [InlineData("inbox.committed")]
    public async Task A_kill_between_two_steps_is_one_grant_once_the_provider_comes_again(string step)
    {
        Guid user;
        Guid order;
        await using (var first = await ServerProcess.StartAsync(_data, _database, fault: $"{step}:kill", settings: Sells))
        {
            user = (await first.CreateUserAsync()).Id;
            order = (await OrderAsync(user, 1))[0];
            await Assert.ThrowsAnyAsync<Exception>(() => SendAsync(first, order));
            Assert.Equal(137, await first.ExitAsync());
        }

        await using var second = await ServerProcess.StartAsync(_data, _database, settings: Sells);
        Assert.True(await SendAsync(second, order));
        Assert.True(await SendAsync(second, order));

        Assert.Equal((1L, 500_000_000L), (await CountAsync("payments.payments"), await ScalarAsync($"SELECT sum(granted)::bigint FROM credits.grants WHERE user_id = '{user}' AND source = 'pack'")));
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM payments.inbox WHERE outcome IS DISTINCT FROM 'applied'"));
    }

    /// <returns>Whether it was thanked for.</returns>
    private static async Task<bool> SendAsync(ServerProcess server, Guid order)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var body = JsonSerializer.Serialize(new
        {
            id = $"evt_{order:N}", @object = "event", type = "checkout.session.completed", created = 1_790_000_000, livemode = false,
            data = new
            {
                @object = new
                {
                    id = $"cs_{order:N}", @object = "checkout.session", mode = "payment", status = "complete", payment_status = "paid", client_reference_id = order.ToString(),
                    amount_total = 500, currency = "usd", payment_intent = $"pi_{order:N}",
                },
            },
        });
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{now.ToString(CultureInfo.InvariantCulture)}.{body}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/stripe") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Stripe-Signature", $"t={now.ToString(CultureInfo.InvariantCulture)},v1={Convert.ToHexStringLower(signature)}");
        using var response = await server.Http.SendAsync(request);
        return response.IsSuccessStatusCode;
    }

    private async Task<IReadOnlyList<Guid>> OrderAsync(Guid user, int count)
    {
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToArray();
        await ExecuteAsync($"""
            INSERT INTO payments.orders (id, user_id, kind, item, amount, currency, credits, provider, created_at, updated_at)
            SELECT id, '{user}', 'package', 'small', 500, 'usd', 500000000, 'stripe', now(), now() FROM unnest('{'{'}{string.Join(',', ids)}{'}'}'::uuid[]) AS id
            """);
        return ids;
    }

    private Task<long> CountAsync(string table) => ScalarAsync($"SELECT count(*) FROM {table}");

    private async Task<long> ScalarAsync(string sql) => (long)(await ExecuteAsync(sql))!;

    private async Task<object?> ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
