using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Credits;
using AIMake.Generations;
using AIMake.Tests.Credits;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Generations;

/// <summary>The routes over work of any kind, on the real server with a handler that tests script.</summary>
public sealed class GenerationsEndpointsTests : IAsyncLifetime
{
    private readonly ScriptedHandler _handler = new();
    private TestServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _server = await TestServer.StartAsync(adjust: b => b.Services.AddSingleton<IGenerationHandler>(_handler));

    public async ValueTask DisposeAsync()
    {
        await LedgerAssert.CleanAsync(_server.ConnectionString);
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Events_tell_progress_live_and_end_with_the_whole_generation()
    {
        var user = await _server.CreateUserAsync();
        var go = new TaskCompletionSource();
        _handler.Script = async (run, _) =>
        {
            await go.Task;
            run.Report(0.5, "speaking");
            return ScriptedHandler.Succeed(run.Ceiling);
        };
        var id = await StartAsync(user);

        using var reader = await OpenEventsAsync(user.Http, $"/api/generations/{id}/events");
        Assert.Equal("stage", (await reader.NextAsync()).Type);
        go.SetResult();
        var events = await reader.ToEndAsync();

        Assert.Contains(events, e => e.Type == "progress" && e.Data.GetProperty("progress").GetDouble() >= 0.5);
        var end = events[^1];
        Assert.Equal("end", end.Type);
        Assert.Equal("succeeded", end.Data.GetProperty("status").GetString());
        Assert.Equal(5, end.Data.GetProperty("credits").GetDecimal());
    }

    [Fact]
    public async Task A_client_that_was_cut_off_resumes_after_the_last_event_it_saw()
    {
        var user = await _server.CreateUserAsync();
        var id = await StartAsync(user);
        await WaitAsync(user, id);

        var all = await (await OpenEventsAsync(user.Http, $"/api/generations/{id}/events")).ToEndAsync();
        var first = all[0];
        var rest = await (await OpenEventsAsync(user.Http, $"/api/generations/{id}/events", first.Id)).ToEndAsync();

        Assert.Equal(all.Skip(1).Select(e => (e.Type, e.Id)), rest.Select(e => (e.Type, e.Id)));
    }

    [Fact]
    public async Task A_transition_to_the_end_never_says_that_nothing_was_done()
    {
        var user = await _server.CreateUserAsync();
        var id = await StartAsync(user);
        await WaitAsync(user, id);

        var ends = (await (await OpenEventsAsync(user.Http, $"/api/generations/{id}/events")).ToEndAsync()).Where(IsDone).ToList();
        using var everything = await OpenEventsAsync(user.Http, "/api/events", "0");
        Event e;
        do
        {
            e = await everything.NextAsync();
        }
        while (!IsDone(e));

        Assert.Equal(["stage", "end"], ends.Select(x => x.Type));
        Assert.All(ends.Append(e), x => Assert.Equal(1, x.Data.GetProperty("progress").GetDouble()));

        static bool IsDone(Event e) => e.Data.GetProperty("status").GetString() == "succeeded";
    }

    [Fact]
    public async Task Half_a_character_and_another_body_than_an_object_are_told_apart()
    {
        var user = await _server.CreateUserAsync();
        foreach (var (body, reason) in new[]
        {
            ("[]", "JSON object"), ("null", "JSON object"), ("{\"kind\":\"\\ud800\"}", "Unicode"), ("{\"kind\":\"test\",\"a\":\"\\ud800\"}", "Unicode"),
        })
        {
            using var answer = await user.Http.PostAsync("/api/quotes", new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Ct);
            Assert.Contains(reason, (await answer.FaultAsync(400, "INVALID_REQUEST")).GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_feed_of_a_user_shows_everything_of_his_and_nothing_of_others()
    {
        var (user, other) = (await _server.CreateUserAsync(), await _server.CreateUserAsync());
        using var reader = await OpenEventsAsync(user.Http, "/api/events", "0");

        await WaitAsync(other, await StartAsync(other));
        var mine = await StartAsync(user);

        while (await reader.NextAsync() is var e)
        {
            Assert.Equal(mine, e.Data.GetProperty("id").GetGuid());
            if (e.Data.GetProperty("status").GetString() == "succeeded")
            {
                break;
            }
        }
    }

    [Fact]
    public async Task Lists_page_through_everything_once_newest_first_and_refuse_foreign_cursors()
    {
        var user = await _server.CreateUserAsync();
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await StartAsync(user));
        }

        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await (await user.Http.GetAsync($"/api/generations?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}", Ct)).DataAsync();
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid()));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        Assert.Equal(ids.AsEnumerable().Reverse(), seen);
        await (await user.Http.GetAsync("/api/generations?cursor=bm90IG91cnM", Ct)).FaultAsync(400, "CURSOR_INVALID");
        await (await user.Http.GetAsync("/api/generations?status=sleeping", Ct)).FaultAsync(400, "FIELD_INVALID");
        await (await user.Http.GetAsync("/api/generations?limit=101", Ct)).FaultAsync(400, "FIELD_OUT_OF_RANGE");
    }

    [Fact]
    public async Task Receipts_show_the_lines_to_their_owner_and_the_cost_to_nobody_but_admins()
    {
        var user = await _server.CreateUserAsync();
        _handler.Script = (run, _) => Task.FromResult<RunResult>(new RunResult.Succeeded(
            run.Ceiling, [new PriceLine("test", 1, "piece", run.Ceiling, "test", run.Ceiling, false)]) { ProviderCostMicroUsd = 15_000 });
        var id = await StartAsync(user);
        await WaitAsync(user, id);

        var receipt = await (await user.Http.GetAsync($"/api/generations/{id}/receipt", Ct)).DataAsync();

        Assert.Equal(receipt.GetProperty("credits").GetDecimal(), receipt.GetProperty("lines").EnumerateArray().Sum(l => l.GetProperty("credits").GetDecimal()));
        Assert.Equal(JsonValueKind.Null, receipt.GetProperty("providerCostUsd").ValueKind);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/receipt")]
    [InlineData("GET", "/events")]
    [InlineData("POST", "/cancel")]
    [InlineData("POST", "/retry")]
    public async Task Somebody_elses_work_answers_as_if_it_did_not_exist(string method, string route)
    {
        var (user, other) = (await _server.CreateUserAsync(), await _server.CreateUserAsync());
        var id = await StartAsync(user);
        await WaitAsync(user, id);

        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/generations/{id}{route}");
        await (await other.Http.SendAsync(request, Ct)).FaultAsync(404, "NOT_FOUND");
    }

    private async Task<Guid> StartAsync(TestUser user)
    {
        var started = await _server.Services.GetRequiredService<IGenerations>().StartAsync(QueueNode.Order(user.Id, 5), Ct);
        return started.Value.Id;
    }

    private async Task WaitAsync(TestUser user, Guid id)
    {
        var view = await _server.Services.GetRequiredService<IGenerations>().WaitAsync(user.Id, id, TimeSpan.FromSeconds(30), Ct);
        Assert.NotNull(view!.FinishedAt);
    }

    private static async Task<EventReader> OpenEventsAsync(HttpClient http, string path, string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return new EventReader(response, new StreamReader(await response.Content.ReadAsStreamAsync(Ct)));
    }

    private sealed record Event(string Type, string? Id, JsonElement Data);

    private sealed class EventReader(HttpResponseMessage response, StreamReader lines) : IDisposable
    {
        public async Task<Event> NextAsync() => await ReadAsync() ?? throw new InvalidOperationException("The stream has ended.");

        public async Task<List<Event>> ToEndAsync()
        {
            var all = new List<Event>();
            while (await ReadAsync() is { } e)
            {
                all.Add(e);
            }

            return all;
        }

        public void Dispose() => response.Dispose();

        private async Task<Event?> ReadAsync()
        {
            var (type, id, data) = ("", (string?)null, "");
            while (await lines.ReadLineAsync(Ct) is { } line)
            {
                if (line.Length == 0 && data.Length > 0)
                {
                    return new Event(type, id, JsonElement.Parse(data));
                }

                type = line.StartsWith("event: ", StringComparison.Ordinal) ? line[7..] : type;
                id = line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : id;
                data = line.StartsWith("data: ", StringComparison.Ordinal) ? data + line[6..] : data;
            }

            return null;
        }
    }
}
