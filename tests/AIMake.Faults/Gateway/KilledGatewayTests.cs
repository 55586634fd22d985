using AIMake.Faults.Hosting;
using AIMake.Tests.Credits;
using AIMake.Tests.Gateway;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace AIMake.Faults.Gateway;

/// <summary>Servers killed in the middle of calls under <c>/v1</c>: nothing is charged twice, nothing stays set aside, nobody is asked again.</summary>
public sealed class KilledGatewayTests : IAsyncLifetime
{
    /// <summary>The sweeper comes every 30 s, and a lease must have run out.</summary>
    private static readonly TimeSpan SweptWithin = TimeSpan.FromSeconds(90);

    private readonly string _data = Directory.CreateTempSubdirectory("aimake-faults-").FullName;
    private string _database = "";
    private ScriptedUpstream _upstream = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        _upstream = await ScriptedUpstream.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(_data, "catalog.json"), GatewayRequests.Catalog);
    }

    public async ValueTask DisposeAsync()
    {
        await LedgerAssert.CleanAsync(_database);
        await _upstream.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>F12 for calls that are answered at once.</summary>
    [Fact]
    public async Task A_kill_between_two_steps_of_a_call_charges_it_wholly_or_not_at_all()
    {
        _upstream.Says("""{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":20}}""");
        (string Step, int Asked, decimal Charged)[] steps =
        [
            ("gateway.held", 0, 0m), ("gateway.opened", 0, 0m), ("gateway.answered", 1, 0m), ("gateway.settled", 1, 0.05m), ("gateway.charged", 1, 0.05m),
        ];
        var users = new List<Guid>();
        foreach (var (step, asked, _) in steps)
        {
            _upstream.Seen.Clear();
            await using var server = await StartAsync($"{step}:kill");
            var user = await server.CreateUserAsync();
            users.Add(user.Id);
            await Assert.ThrowsAnyAsync<Exception>(() => user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()), Ct));
            Assert.Equal(137, await server.ExitAsync());
            Assert.Equal((step, asked), (step, _upstream.Seen.Count));
        }

        _upstream.Seen.Clear();
        await using var heir = await StartAsync();
        await SweptAsync();

        Assert.Empty(_upstream.Seen); // nobody asks again on its own
        for (var i = 0; i < steps.Length; i++)
        {
            Assert.Equal((steps[i].Step, steps[i].Charged), (steps[i].Step, await SpentAsync(users[i])));
            Assert.Equal((steps[i].Step, steps[i].Charged), (steps[i].Step, await CountedAsync(users[i])));
        }
    }

    /// <summary>F32 with a kill in the middle: one key never costs twice, and who was charged is answered.</summary>
    [Theory]
    [InlineData("gateway.answered", 2, 0.05)] // not yet charged: made anew when the lease has run out
    [InlineData("gateway.kept", 1, 0)] // the answer is kept, the charge went with the server
    [InlineData("gateway.charged", 1, 0.05)]
    public async Task A_call_of_a_killed_server_is_answered_under_its_key_and_never_charged_twice(string step, int asked, double charged)
    {
        const string answer = """{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":20}}""";
        _upstream.Says(answer);
        var (user, token) = (Guid.Empty, "");
        await using (var server = await StartAsync($"{step}:kill"))
        {
            (user, var http, token) = await server.CreateUserAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => KeyedAsync(http));
            Assert.Equal(137, await server.ExitAsync());
        }

        await using var heir = await StartAsync();
        using var client = heir.ClientFor(token);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(SweptWithin);
        var told = await KeyedAsync(client);
        while (told.StatusCode is System.Net.HttpStatusCode.Conflict)
        {
            await Task.Delay(told.Headers.RetryAfter!.Delta!.Value, patience.Token);
            told = await KeyedAsync(client);
        }

        Assert.Equal(answer, await told.Content.ReadAsStringAsync(Ct));
        await SweptAsync();
        Assert.Equal(asked, _upstream.Seen.Count);
        Assert.Equal((decimal)charged, await SpentAsync(user));
    }

    /// <summary>A stream that went down with its server has been delivered in part and is charged for that: its key is spent.</summary>
    [Fact]
    public async Task A_stream_of_a_killed_server_is_charged_once_and_not_made_again_under_its_key()
    {
        _upstream.Answer = WordsWithoutEndAsync;
        const string stream = ""","stream":true""";
        var (user, token) = (Guid.Empty, "");
        await using (var server = await StartAsync())
        {
            (user, var http, token) = await server.CreateUserAsync();
            var streaming = KeyedAsync(http, stream);
            await UntilAsync("SELECT count(*) FROM credits.holds WHERE state = 'held' AND checkpoint > 0", 1);
            await server.KillAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => streaming);
        }

        await using var heir = await StartAsync();
        using var client = heir.ClientFor(token);
        await SweptAsync();
        var told = await KeyedAsync(client, stream);
        while (told.StatusCode is System.Net.HttpStatusCode.Conflict)
        {
            await Task.Delay(told.Headers.RetryAfter!.Delta!.Value, Ct);
            told = await KeyedAsync(client, stream);
        }

        Assert.Equal(System.Net.HttpStatusCode.Gone, told.StatusCode);
        Assert.Single(_upstream.Seen);
        Assert.Equal(1, await CountAsync($"SELECT count(*) FROM credits.holds WHERE user_id = '{user}' AND state = 'settled'"));
    }

    private static async Task WordsWithoutEndAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.Body.WriteAsync("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"}}]}\n\n"u8.ToArray(), context.RequestAborted);
            await Task.Delay(20, context.RequestAborted);
        }
    }

    private static async Task<HttpResponseMessage> KeyedAsync(HttpClient http, string extra = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = GatewayRequests.Json(GatewayRequests.Chat(extra)), Headers = { { "Idempotency-Key", "k" } } };
        return await http.SendAsync(request, Ct);
    }

    /// <summary>F13: fifty streams, and the process is gone.</summary>
    [Fact]
    public async Task Fifty_live_streams_of_a_killed_server_are_charged_for_what_had_been_delivered()
    {
        _upstream.Answer = WordsWithoutEndAsync;
        Guid user;
        await using (var server = await StartAsync())
        {
            var (id, http, _) = await server.CreateUserAsync();
            user = id;
            var streams = Enumerable.Range(0, 50).Select(_ => ListenAsync(http)).ToArray();
            await UntilAsync("SELECT count(*) FROM credits.holds WHERE state = 'held' AND checkpoint > 0", 50);
            await server.KillAsync();
            foreach (var stream in streams)
            {
                await Assert.ThrowsAnyAsync<Exception>(() => stream);
            }
        }

        await using var heir = await StartAsync();
        await SweptAsync();

        Assert.Equal(50, await CountAsync("SELECT count(*) FROM credits.holds WHERE state = 'settled'"));
        Assert.True(await SpentAsync(user) > 0);
        Assert.Equal(await SpentAsync(user), await CountedAsync(user));
        Assert.Equal(50, await CountAsync($"""
            SELECT count(*) FROM usage.events
            WHERE user_id = '{user}' AND cut AND kind = 'chat' AND model = 'parrot' AND provider = 'upstream' AND source = 'counted'
                AND input_tokens > 0 AND credits = input_tokens * 1000 + output_tokens * 2000
            """));
        Assert.Equal(0, await CountAsync("SELECT count(*) FROM usage.under_way"));
    }

    /// <summary>F12 for a user who calls without pause: what was answered is charged, once; what was set aside ahead is free again.</summary>
    [Fact]
    public async Task A_kill_under_calls_that_share_an_advance_charges_each_answered_call_once()
    {
        _upstream.Says("""{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":20}}""");
        var answered = 0;
        Guid user;
        await using (var server = await StartAsync())
        {
            var (id, http, _) = await server.CreateUserAsync();
            user = id;
            var callers = Enumerable.Range(0, 8).Select(async _ =>
            {
                while (true)
                {
                    using var response = await http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat(""","max_tokens":20""")), Ct);
                    Assert.True(response.IsSuccessStatusCode);
                    Interlocked.Increment(ref answered);
                }
            }).ToArray();
            await UntilAsync("SELECT count(*) FROM (SELECT 1 FROM credits.draws LIMIT 20) d", 20);
            await server.KillAsync();
            foreach (var caller in callers)
            {
                await Assert.ThrowsAnyAsync<Exception>(() => caller);
            }
        }

        await using var heir = await StartAsync();
        await SweptAsync();

        var charged = await CountAsync($"SELECT count(*) FROM credits.entries WHERE user_id = '{user}' AND kind = 'spend' AND amount = 50000");
        Assert.InRange(charged, answered, answered + 8); // a call may be charged and its answer not arrive any more
        Assert.Equal(charged * 0.05m, await SpentAsync(user));
        Assert.Equal(charged, await CountAsync($"SELECT count(*) FROM usage.events WHERE user_id = '{user}'"));
        Assert.Equal(0, await CountAsync("SELECT count(*) FROM credits.draws"));
    }

    private Task<ServerProcess> StartAsync(string? fault = null) => ServerProcess.StartAsync(
        _data, _database, fault: fault, settings:
        [
            "--Catalog:Path", Path.Combine(_data, "catalog.json"), "--Providers:upstream:Type", "openai", "--Providers:upstream:BaseUrl", _upstream.BaseUrl,
            "--Providers:upstream:ApiKey", "sk-x", "--Providers:upstream:MaxConcurrency", "1000", "--Outbound:AllowedHosts:0", new Uri(_upstream.BaseUrl).Authority,
            "--Gateway:Lease", "00:00:03", "--Gateway:CheckpointEvery", "00:00:00.300",
        ]);

    private static async Task ListenAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = GatewayRequests.Json(GatewayRequests.Chat(""","stream":true""")) };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.True(response.IsSuccessStatusCode);
        await (await response.Content.ReadAsStreamAsync(Ct)).CopyToAsync(Stream.Null, Ct);
        throw new EndOfStreamException();
    }

    private Task SweptAsync() => UntilAsync("SELECT count(*) FROM credits.holds WHERE state = 'held'", 0);

    private async Task UntilAsync(string sql, long wanted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(SweptWithin);
        while (await CountAsync(sql) != wanted)
        {
            await Task.Delay(200, patience.Token);
        }
    }

    private async Task<decimal> SpentAsync(Guid user) =>
        await CountAsync($"SELECT coalesce(sum(e.amount), 0)::bigint FROM credits.entries e WHERE e.user_id = '{user}' AND e.kind = 'spend'") / 1_000_000m;

    /// <summary>The same as the statistics have it.</summary>
    private async Task<decimal> CountedAsync(Guid user) =>
        await CountAsync($"SELECT coalesce(sum(e.credits), 0)::bigint FROM usage.events e WHERE e.user_id = '{user}'") / 1_000_000m;

    private async Task<long> CountAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }
}
