using System.Net;
using AIMake.Tests.Credits;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace AIMake.Tests.Gateway;

/// <summary>Users who call without pause, whose calls share credits set aside ahead: cheaper, and to the micro-credit the same.</summary>
public sealed class AdvancesAtTheGatewayTests(GatewayBed bed) : IClassFixture<GatewayBed>, IAsyncLifetime
{
    private const string Answer = """{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"}}],"usage":{"prompt_tokens":11,"completion_tokens":9}}""";
    private const decimal Price = 0.029m;

    public ValueTask InitializeAsync()
    {
        bed.Upstream.Says(Answer);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await LedgerAssert.CleanAsync(bed.Server.ConnectionString);

    [Fact]
    public async Task Of_many_calls_few_hold_for_themselves_and_each_has_its_entry_and_its_usage()
    {
        var user = await bed.Server.CreateUserAsync();

        for (var i = 0; i < 60; i++)
        {
            Assert.Equal("0.029", await CallAsync(user.Http));
        }

        Assert.Equal((500 - (60 * Price), 0m), await bed.CreditsAsync(user));
        Assert.Equal(60, await CountAsync($"SELECT count(*) FROM credits.entries WHERE user_id = '{user.Id}' AND kind = 'spend' AND amount = 29000"));
        Assert.InRange(await CountAsync($"SELECT count(*) FROM credits.holds WHERE user_id = '{user.Id}' AND NOT advance"), 1, 50);
        Assert.Equal(60, (await bed.UsageAsync(user)).Count);
    }

    [Fact]
    public async Task The_statement_shows_what_was_drawn_a_moment_ago_on_every_node()
    {
        var user = await bed.Server.CreateUserAsync();
        await using var other = await bed.StartNodeAsync();
        using var there = other.ClientWith(user.AccessToken);
        await DrawnAsync(user);

        // The other node cannot give back what is set aside here, but what was drawn is charged.
        var statement = await (await there.GetAsync("/api/credits/entries?kind=spend&limit=100")).DataAsync();
        var spent = -statement.GetProperty("items").EnumerateArray().Sum(e => e.GetProperty("amount").GetDecimal());
        var shown = await (await there.GetAsync("/api/credits")).DataAsync();

        Assert.Equal(spent, shown.GetProperty("usedCredits").GetDecimal());
        Assert.Equal(0, await CountAsync($"SELECT count(*) FROM credits.draws WHERE user_id = '{user.Id}'"));
        Assert.Equal((500 - spent, 0m), await bed.CreditsAsync(user));
    }

    [Fact]
    public async Task A_call_that_fails_costs_nothing_and_its_room_is_there_for_the_next()
    {
        var user = await bed.Server.CreateUserAsync();
        await DrawnAsync(user);
        var before = await bed.CreditsAsync(user);
        await DrawnAsync(user);
        var between = await bed.CreditsAsync(user);
        bed.Upstream.Says("{}", status: 500);

        for (var i = 0; i < 10; i++)
        {
            using var failed = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()));
            Assert.Equal(HttpStatusCode.BadGateway, failed.StatusCode);
        }

        Assert.True(between.Remaining < before.Remaining);
        Assert.Equal(between, await bed.CreditsAsync(user));
    }

    [Fact]
    public async Task The_last_credits_can_be_spent_to_the_end_and_not_beyond()
    {
        var user = await bed.Server.CreateUserAsync();
        // Each answer may cost 2.07, and does cost 2.011: of 500 credits exactly 248 fit.
        bed.Upstream.Says("""{"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":1000}}""");
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            var (good, poor) = (0, 0);
            while (poor == 0)
            {
                using var response = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat(""","max_tokens":1000""")));
                _ = response.StatusCode switch { HttpStatusCode.OK => good++, HttpStatusCode.PaymentRequired => poor++, _ => throw new InvalidOperationException($"{response.StatusCode}") };
            }

            return good;
        }));

        // Others may have had their ceilings aside when one was refused; alone, one more may fit.
        var (left, held) = await bed.CreditsAsync(user);
        Assert.Equal((500 - (answers.Sum() * 2.011m), 0m), (left, held));
        Assert.InRange(left, 0, 16 * 2.1m);
        await LedgerAssert.CleanAsync(bed.Server.ConnectionString);
    }

    /// <summary>The server was stopped for so long that the advance was swept: what it goes on to draw is charged anew.</summary>
    [Fact]
    public async Task A_draw_from_an_advance_that_was_swept_is_charged_all_the_same()
    {
        var user = await bed.Server.CreateUserAsync();
        await DrawnAsync(user);
        var spent = new TaskCompletionSource();
        bed.Upstream.Answer = async context =>
        {
            await SqlAsync($"UPDATE credits.holds SET lease_until = now() - interval '1 hour' WHERE user_id = '{user.Id}' AND advance AND state = 'held'; SELECT credits.sweep_leases(100, NULL)");
            spent.TrySetResult();
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Answer);
        };
        var before = await CountAsync($"SELECT count(*) FROM usage.events WHERE user_id = '{user.Id}'");

        Assert.Equal("0.029", await CallAsync(user.Http));
        await spent.Task;
        bed.Upstream.Says(Answer);
        await CallAsync(user.Http);

        Assert.Equal((500 - ((before + 2) * Price), 0m), await bed.CreditsAsync(user));
    }

    /// <summary>Calls until something is drawn from an advance.</summary>
    private async Task DrawnAsync(TestUser user)
    {
        var before = await CountAsync($"SELECT count(*) FROM credits.holds WHERE user_id = '{user.Id}' AND NOT advance");
        for (var i = 1; ; i++)
        {
            await CallAsync(user.Http);
            if (await CountAsync($"SELECT count(*) FROM credits.holds WHERE user_id = '{user.Id}' AND NOT advance") < before + i)
            {
                return;
            }
        }
    }

    private static async Task<string> CallAsync(HttpClient http)
    {
        using var response = await http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return response.Headers.GetValues("X-AIMake-Credits").Single();
    }

    private async Task SqlAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(bed.Server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(bed.Server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
