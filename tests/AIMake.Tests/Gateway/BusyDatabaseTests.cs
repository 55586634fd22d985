using System.Diagnostics;
using AIMake.Tests.Hosting;
using Npgsql;

namespace AIMake.Tests.Gateway;

/// <summary>F04 and F05 at the gateway: a database that takes nothing for a while.</summary>
public sealed class BusyDatabaseTests(GatewayBed bed) : IClassFixture<GatewayBed>
{
    private const string Answer = """{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":20}}""";

    [Fact]
    public async Task Hundreds_of_callers_are_told_within_seconds_to_come_back_while_other_doors_stay_open()
    {
        var user = await bed.Server.CreateUserAsync();
        var admin = await bed.Server.CreateAdminAsync();
        bed.Upstream.Says(Answer);
        bed.Upstream.Seen.Clear();
        var waited = Stopwatch.StartNew();
        await using (var connection = new NpgsqlConnection(bed.Server.ConnectionString))
        {
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand("LOCK TABLE credits.accounts, credits.holds", connection, transaction);
            await hold.ExecuteNonQueryAsync();
            waited.Restart();

            var calls = Enumerable.Range(0, 300).Select(_ => user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()))).ToArray();
            foreach (var (http, path) in new[] { (user.Http, "/v1/models"), (user.Http, "/api/generations"), (admin.Http, "/api/admin/providers"), (bed.Server.Anonymous, "/health") })
            {
                using var other = await http.GetAsync(path);
                Assert.True(other.IsSuccessStatusCode, $"{path}: {(int)other.StatusCode}");
            }

            foreach (var answer in await Task.WhenAll(calls))
            {
                await GatewayBed.ErrorAsync(answer, 503, "overloaded");
                Assert.NotNull(answer.Headers.RetryAfter);
                answer.Dispose();
            }
        }

        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(15), $"the last was told after {waited.Elapsed}");
        Assert.Empty(bed.Upstream.Seen);
        using var after = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()));
        Assert.True(after.IsSuccessStatusCode);
        Assert.Equal((500m - 0.05m, 0m), await bed.CreditsAsync(user));
    }

    /// <summary>The answer has come and must be paid for: it is given, and charged when that can be done.</summary>
    [Fact]
    public async Task What_cannot_be_charged_now_is_charged_later_once()
    {
        var user = await bed.Server.CreateUserAsync();
        var (asked, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        bed.Upstream.Answer = async context =>
        {
            asked.SetResult();
            await go.Task;
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Answer));
        };
        var call = user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await using (var connection = new NpgsqlConnection(bed.Server.ConnectionString))
        {
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand("LOCK TABLE credits.accounts, credits.holds", connection, transaction);
            await hold.ExecuteNonQueryAsync();
            go.SetResult();
            using var answer = await call;
            Assert.True(answer.IsSuccessStatusCode);
        }

        await HangingUp.UntilAsync(async () => await bed.CreditsAsync(user) == (500m - 0.05m, 0m));
        Assert.Single(await bed.UsageAsync(user));
    }
}
