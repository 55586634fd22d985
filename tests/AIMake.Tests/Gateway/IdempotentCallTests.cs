using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AIMake.Gateway.Idempotency;
using AIMake.Platform.Http;
using AIMake.Platform.Scheduling;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AIMake.Tests.Gateway;

/// <summary>F32: one key, one execution, one charge; everybody else gets its answer.</summary>
public sealed class IdempotentCallTests(GatewayBed bed) : IClassFixture<GatewayBed>
{
    private const string Answer = """{"id":"c","choices":[{"message":{"content":"Hi"}}],"usage":{"prompt_tokens":11,"completion_tokens":9}}""";

    [Fact]
    public async Task The_same_key_and_body_are_answered_from_the_first_answer_and_charged_once()
    {
        var user = await bed.Server.CreateUserAsync();
        Says(Answer);

        using var first = await ChatAsync(user.Http, "k");
        bed.Upstream.Says("""{"id":"another"}""");
        using var second = await ChatAsync(user.Http, "k");

        Assert.Equal((HttpStatusCode.OK, Answer), (second.StatusCode, await second.Content.ReadAsStringAsync()));
        foreach (var header in new[] { "X-AIMake-Credits", "X-AIMake-Provider" })
        {
            Assert.Equal(first.Headers.GetValues(header), second.Headers.GetValues(header));
        }

        Assert.Equal(first.Content.Headers.ContentType, second.Content.Headers.ContentType);
        Assert.False(first.Headers.Contains("X-AIMake-Replayed"));
        Assert.Equal("true", Assert.Single(second.Headers.GetValues("X-AIMake-Replayed")));
        Assert.Single(bed.Upstream.Seen);
        Assert.Equal(0.029m, Assert.Single(await bed.UsageAsync(user)).Credits);
    }

    [Fact]
    public async Task Fifty_at_once_over_two_nodes_are_one_execution()
    {
        var user = await bed.Server.CreateUserAsync();
        await using var other = await bed.StartNodeAsync();
        HttpClient[] nodes = [user.Http, other.ClientWith(user.AccessToken)];
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bed.Upstream.Seen.Clear();
        bed.Upstream.Answer = async context =>
        {
            asked.TrySetResult();
            await finish.Task;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Answer);
        };

        var calls = Enumerable.Range(0, 50).Select(i => ChatAsync(nodes[i % 2], "fifty")).ToList();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var waiting = new List<Task<HttpResponseMessage>>(calls);
        while (waiting.Count > 1)
        {
            var done = await Task.WhenAny(waiting).WaitAsync(TimeSpan.FromSeconds(20));
            waiting.Remove(done);
            using var refused = await done;
            await GatewayBed.ErrorAsync(refused, 409, "idempotency_in_progress");
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        finish.SetResult();
        using var made = await waiting[0];
        Assert.Equal(Answer, await made.Content.ReadAsStringAsync());
        foreach (var node in nodes)
        {
            using var replayed = await ChatAsync(node, "fifty");
            Assert.Equal(Answer, await replayed.Content.ReadAsStringAsync());
        }

        Assert.Single(bed.Upstream.Seen);
        Assert.Single(await bed.UsageAsync(user));
    }

    [Fact]
    public async Task Another_body_and_another_route_are_refused_and_another_users_key_is_another_key()
    {
        var (user, stranger) = (await bed.Server.CreateUserAsync(), await bed.Server.CreateUserAsync());
        Says(Answer);
        (await ChatAsync(user.Http, "k")).Dispose();

        await GatewayBed.ErrorAsync(await ChatAsync(user.Http, "k", GatewayRequests.Chat(text: "Bye")), 422, "idempotency_key_reused");
        await GatewayBed.ErrorAsync(await PostAsync(user.Http, "/v1/responses", "k", GatewayRequests.Json(GatewayRequests.Chat())), 422, "idempotency_key_reused");
        Assert.Equal(HttpStatusCode.OK, (await ChatAsync(stranger.Http, "k")).StatusCode);
        Assert.Equal(2, bed.Upstream.Seen.Count);
    }

    [Fact]
    public async Task What_came_to_nothing_gives_its_key_back()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says("{}", status: 500);
        await GatewayBed.ErrorAsync(await ChatAsync(user.Http, "k"), 502, "upstream_error");
        bed.Upstream.Says("""{"error":{"message":"no","code":"bad"}}""", status: 400);
        await GatewayBed.ErrorAsync(await ChatAsync(user.Http, "k"), 400, "bad");
        Says(Answer);

        using var made = await ChatAsync(user.Http, "k");

        Assert.Equal(Answer, await made.Content.ReadAsStringAsync());
        Assert.Single(await bed.UsageAsync(user));
    }

    [Fact]
    public async Task A_stream_is_not_made_twice_and_not_kept()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Seen.Clear();
        bed.Upstream.Streams([Encoding.UTF8.GetBytes("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")]);
        var body = GatewayRequests.Chat(""","stream":true""");

        using var first = await ChatAsync(user.Http, "k", body);
        Assert.EndsWith("data: [DONE]\n\n", await first.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await GatewayBed.ErrorAsync(await ChatAsync(user.Http, "k", body), 410, "idempotency_answer_gone");
        Assert.Single(bed.Upstream.Seen);
        Assert.Single(await bed.UsageAsync(user));
    }

    [Fact]
    public async Task A_stream_that_is_under_way_is_in_progress()
    {
        var user = await bed.Server.CreateUserAsync();
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bed.Upstream.Streams([Encoding.UTF8.GetBytes("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n")], _ => finish.Task);
        var body = GatewayRequests.Chat(""","stream":true""");
        using var request = Request("/v1/chat/completions", "k", GatewayRequests.Json(body));
        using var first = await user.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await first.Content.ReadAsStreamAsync());
        await lines.ReadLineAsync();

        await GatewayBed.ErrorAsync(await ChatAsync(user.Http, "k", body), 409, "idempotency_in_progress");

        finish.SetResult();
        await lines.ReadToEndAsync();
    }

    [Fact]
    public async Task An_answer_too_large_to_keep_is_charged_once_and_not_made_again()
    {
        await using var small = await bed.StartNodeAsync("--Gateway:KeptAnswerBytes", "100");
        var user = await bed.Server.CreateUserAsync();
        Says(Answer + new string(' ', 200));
        using var http = small.ClientWith(user.AccessToken);

        Assert.Equal(HttpStatusCode.OK, (await ChatAsync(http, "k")).StatusCode);

        await GatewayBed.ErrorAsync(await ChatAsync(user.Http, "k"), 410, "idempotency_answer_gone");
        Assert.Single(bed.Upstream.Seen);
        Assert.Single(await bed.UsageAsync(user));
    }

    [Fact]
    public async Task The_call_of_a_server_that_died_is_made_anew_when_its_lease_has_run_out()
    {
        var user = await bed.Server.CreateUserAsync();
        Says(Answer);
        (await ChatAsync(user.Http, "k")).Dispose();
        await SqlAsync("UPDATE gateway.answers SET state = 'running', body = NULL, content_type = NULL, lease_until = now() + interval '1 hour' WHERE user_id = $1", user.Id);
        await GatewayBed.ErrorAsync(await ChatAsync(user.Http, "k"), 409, "idempotency_in_progress");
        await SqlAsync("UPDATE gateway.answers SET lease_until = now() - interval '1 second' WHERE user_id = $1", user.Id);

        using var again = await ChatAsync(user.Http, "k");

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.False(again.Headers.Contains("X-AIMake-Replayed"));
        Assert.Equal(2, bed.Upstream.Seen.Count);
        Assert.Equal(2L, await SqlAsync("SELECT epoch::bigint FROM gateway.answers WHERE user_id = $1", user.Id));
    }

    [Fact]
    public async Task A_server_that_lost_its_call_to_another_charges_nothing()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Answer = async context =>
        {
            await SqlAsync("UPDATE gateway.answers SET epoch = epoch + 1 WHERE user_id = $1", user.Id);
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Answer);
        };

        await GatewayBed.ErrorAsync(await ChatAsync(user.Http, "k"), 409, "idempotency_in_progress");

        Assert.Empty(await bed.UsageAsync(user));
        Assert.Equal(0m, (await bed.CreditsAsync(user)).Held);
    }

    [Fact]
    public async Task Keys_that_are_none_are_refused_and_calls_without_one_are_not_noted()
    {
        var user = await bed.Server.CreateUserAsync();
        Says(Answer);
        var refused = await ChatAsync(user.Http, new string('k', 256));
        await GatewayBed.ErrorAsync(refused, 400, "idempotency_key_invalid");
        (await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()))).Dispose();

        Assert.Equal(0L, await SqlAsync("SELECT count(*) FROM gateway.answers WHERE user_id = $1", user.Id));
    }

    [Fact]
    public async Task After_a_day_the_answer_goes_and_after_three_the_key_is_free_again()
    {
        var user = await bed.Server.CreateUserAsync();
        Says(Answer);
        (await ChatAsync(user.Http, "k")).Dispose();

        await SqlAsync("UPDATE gateway.answers SET created_at = now() - interval '25 hours' WHERE user_id = $1", user.Id);
        await RunAsync<AnswerPurge>();
        await GatewayBed.ErrorAsync(await ChatAsync(user.Http, "k"), 410, "idempotency_answer_gone");

        await SqlAsync("UPDATE platform.idempotency_keys SET created_at = now() - interval '73 hours' WHERE user_id = $1", user.Id);
        await RunAsync<IdempotencyPurge>();
        Assert.Equal(HttpStatusCode.OK, (await ChatAsync(user.Http, "k")).StatusCode);
    }

    [Fact]
    public async Task A_form_is_the_same_however_its_sender_draws_the_borders()
    {
        await using var server = await SpeakingServer.StartAsync();
        var user = await server.Server.CreateUserAsync();
        server.Upstream.Says("""{"text":"Good morning."}""");

        using var first = await PostAsync(user.Http, "/v1/audio/transcriptions", "k", Form("one", "en"));
        using var second = await PostAsync(user.Http, "/v1/audio/transcriptions", "k", Form("two", "en"));
        await GatewayBed.ErrorAsync(await PostAsync(user.Http, "/v1/audio/transcriptions", "k", Form("two", "de")), 422, "idempotency_key_reused");

        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.True(second.Headers.Contains("X-AIMake-Replayed"));
        Assert.Single(server.Upstream.Seen);
    }

    [Fact]
    public async Task Sound_that_was_forwarded_is_kept_to_its_last_byte()
    {
        await using var server = await SpeakingServer.StartAsync();
        var user = await server.Server.CreateUserAsync();
        var sound = new byte[300_000];
        new Random(7).NextBytes(sound);
        server.Upstream.Answer = context =>
        {
            context.Response.ContentType = "audio/mpeg";
            return context.Response.Body.WriteAsync(sound).AsTask();
        };
        const string body = """{"model":"crow","voice":"alloy","input":"Good morning"}""";

        using var first = await PostAsync(user.Http, "/v1/audio/speech", "k", GatewayRequests.Json(body));
        Assert.Equal(sound, await first.Content.ReadAsByteArrayAsync());
        using var second = await PostAsync(user.Http, "/v1/audio/speech", "k", GatewayRequests.Json(body));

        Assert.Equal(sound, await second.Content.ReadAsByteArrayAsync());
        Assert.Equal(("audio/mpeg", "true"), (second.Content.Headers.ContentType!.MediaType, Assert.Single(second.Headers.GetValues("X-AIMake-Replayed"))));
        Assert.Equal(first.Headers.GetValues("X-AIMake-Credits"), second.Headers.GetValues("X-AIMake-Credits"));
        Assert.Single(server.Upstream.Seen);
    }

    [Fact]
    public async Task A_voice_of_ones_own_speaks_once_for_a_key_and_not_another_text()
    {
        await using var plain = await TestServer.StartAsync();
        var user = await plain.CreateUserAsync();
        const string body = """{"model":"espeak-ng","voice":"en-us","input":"Good morning","response_format":"wav"}""";

        using var first = await PostAsync(user.Http, "/v1/audio/speech", "k", GatewayRequests.Json(body));
        var spoken = await first.Content.ReadAsByteArrayAsync();
        using var second = await PostAsync(user.Http, "/v1/audio/speech", "k", GatewayRequests.Json(body));

        Assert.Equal(first.Headers.GetValues("X-AIMake-Generation-Id"), second.Headers.GetValues("X-AIMake-Generation-Id"));
        Assert.True(spoken.Length > 10_000);
        Assert.True((await second.Content.ReadAsByteArrayAsync()).Length > 10_000);
        await GatewayBed.ErrorAsync(await PostAsync(user.Http, "/v1/audio/speech", "k", GatewayRequests.Json(body.Replace("morning", "evening", StringComparison.Ordinal))), 422, "idempotency_key_reused");
    }

    private static MultipartFormDataContent Form(string border, string language)
    {
        var form = new MultipartFormDataContent(border);
        var file = new ByteArrayContent(Silence());
        file.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        form.Add(new StringContent("scribe"), "model");
        form.Add(new StringContent(language), "language");
        form.Add(file, "file", "a.wav");
        return form;
    }

    /// <summary>A tenth of a second in RIFF.</summary>
    private static byte[] Silence()
    {
        using var wav = new MemoryStream();
        using var writer = new BinaryWriter(wav);
        writer.Write("RIFF"u8);
        writer.Write(36 + 1600);
        writer.Write("WAVEfmt "u8);
        foreach (var number in new[] { 16, 0x0001_0001, 8000, 16_000, 0x0010_0002 })
        {
            writer.Write(number);
        }

        writer.Write("data"u8);
        writer.Write(1600);
        writer.Write(new byte[1600]);
        return wav.ToArray();
    }

    private void Says(string body)
    {
        bed.Upstream.Seen.Clear();
        bed.Upstream.Says(body);
    }

    private Task RunAsync<T>() where T : IRecurringJob => bed.Server.Services.GetServices<IRecurringJob>().OfType<T>().Single().RunOnceAsync(CancellationToken.None);

    private async Task<object?> SqlAsync(string sql, Guid user)
    {
        await using var connection = new NpgsqlConnection(bed.Server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = user });
        return await command.ExecuteScalarAsync();
    }

    private static Task<HttpResponseMessage> ChatAsync(HttpClient http, string key, string? body = null) =>
        PostAsync(http, "/v1/chat/completions", key, GatewayRequests.Json(body ?? GatewayRequests.Chat()));

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, string path, string key, HttpContent content)
    {
        using var request = Request(path, key, content);
        return await http.SendAsync(request);
    }

    private static HttpRequestMessage Request(string path, string key, HttpContent content) => new(HttpMethod.Post, path) { Content = content, Headers = { { "Idempotency-Key", key } } };
}

/// <summary>A server in front of an upstream that speaks and listens.</summary>
internal sealed class SpeakingServer : IAsyncDisposable
{
    private const string Catalog = """
        { "models": [
          { "id": "crow", "kind": "speech", "provider": "upstream", "name": "Crow", "description": { "en": "", "zh": "" }, "prices": [ { "unit": "character", "per": 1000, "credits": 1, "source": "test", "date": "2026-11-20" } ] },
          { "id": "scribe", "kind": "transcription", "provider": "upstream", "name": "Scribe", "description": { "en": "", "zh": "" }, "prices": [ { "unit": "second", "per": 1, "credits": 1, "source": "test", "date": "2026-11-20" } ] }
        ], "voices": [ { "voice": "alloy", "name": "Alloy", "models": ["crow"], "language": "mul", "gender": "neutral", "description": { "en": "", "zh": "" } } ] }
        """;

    public required ScriptedUpstream Upstream { get; init; }

    public required TestServer Server { get; init; }

    public static async Task<SpeakingServer> StartAsync()
    {
        var upstream = await ScriptedUpstream.StartAsync();
        var catalog = Path.GetTempFileName();
        await File.WriteAllTextAsync(catalog, Catalog);
        var server = await TestServer.StartAsync(
            ["--Catalog:Path", catalog, "--Outbound:AllowedHosts:0", new Uri(upstream.BaseUrl).Authority, "--Providers:upstream:Type", "openai", "--Providers:upstream:BaseUrl", upstream.BaseUrl, "--Providers:upstream:ApiKey", "sk-x"]);
        return new SpeakingServer { Upstream = upstream, Server = server };
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
