using System.Net;
using System.Text;
using AIMake.Tests.Hosting;
using Npgsql;

namespace AIMake.Tests.Gateway;

/// <summary>Streams: what passes, what is hidden, how they end, and what each end costs.</summary>
public sealed class ChatStreamTests(GatewayBed bed) : IClassFixture<GatewayBed>
{
    private const string Ask = ""","stream":true""";
    private const string AskUsage = ""","stream":true,"stream_options":{"include_usage":true}""";

    [Fact]
    public async Task Usage_is_asked_for_upstream_and_hidden_from_a_client_that_did_not_ask()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Seen.Clear();
        bed.Upstream.Streams([.. Words("Hi", " there").Append(Usage(11, 9)).Append(Done)]);

        var text = await StreamAsync(user, Ask);

        Assert.Contains("\"stream_options\":{\"include_usage\":true}", Assert.Single(bed.Upstream.Seen).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("usage", text.Replace("X-AIMake", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(["Hi", " there"], Contents(text));
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.Contains(": X-AIMake-Credits 0.029\n", text, StringComparison.Ordinal); // 11 read, 9 written
        Assert.Equal(("parrot", 11L, 9L, 0.029m, false), Without(await bed.UsageAsync(user)));
    }

    [Fact]
    public async Task A_client_that_asks_for_usage_gets_the_upstreams_own_bytes()
    {
        var user = await bed.Server.CreateUserAsync();
        byte[][] pieces = [.. Words("Hi"), Usage(11, 9), Bytes("data: {\"choices\":[{\"index\":0,\"delta\":{\"audio\":{}}}],\"usage\":null}\n\n"), Done];
        bed.Upstream.Streams(pieces);

        var text = await StreamAsync(user, AskUsage);

        Assert.StartsWith(Encoding.UTF8.GetString([.. pieces[..^1].SelectMany(p => p)]), text, StringComparison.Ordinal);
        Assert.Equal(0.029m, (await bed.UsageAsync(user))[0].Credits);
    }

    [Fact]
    public async Task Slices_of_one_byte_in_CRLF_are_the_same_stream()
    {
        var user = await bed.Server.CreateUserAsync();
        var whole = Encoding.UTF8.GetString([.. Words("你好", " 🎉").Append(Usage(11, 9)).Append(Done).SelectMany(p => p)]).Replace("\n", "\r\n", StringComparison.Ordinal);
        bed.Upstream.Streams(Encoding.UTF8.GetBytes(whole).Select(b => new[] { b }));

        Assert.Equal(["你好", " 🎉"], Contents(await StreamAsync(user, Ask)));
        Assert.Equal(0.029m, (await bed.UsageAsync(user))[0].Credits);
    }

    [Fact]
    public async Task Two_reports_of_usage_count_once_the_later_one()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Streams([.. Words("Hi"), Usage(11, 1), Usage(11, 9), Done]);
        await StreamAsync(user, Ask);
        Assert.Equal(("parrot", 11L, 9L, 0.029m, false), Without(await bed.UsageAsync(user)));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("ends")]
    [InlineData("half")]
    [InlineData("error")]
    [InlineData("error event")]
    [InlineData("endless line")]
    public async Task A_stream_that_breaks_says_so_and_costs_what_was_delivered(string way)
    {
        var user = await bed.Server.CreateUserAsync();
        var words = Enumerable.Range(0, 40).Select(i => $" word{i}").ToArray();
        bed.Upstream.Streams([.. Words(words), .. Broken(way)], promised: way == "cut" ? 1_000_000 : null);

        var text = await StreamAsync(user, Ask);

        Assert.Equal(words, Contents(text));
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"upstream_interrupted\"", text, StringComparison.Ordinal);
        var used = Assert.Single(await bed.UsageAsync(user));
        Assert.True(used.Cut);
        Assert.InRange(used.Out, 60, 90); // " word12" is about two tokens
        Assert.Equal(0m, (await bed.CreditsAsync(user)).Held);
    }

    /// <summary>A note lies beside the checkpoint while the stream lasts, should this server die; the vendor's report takes its place.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_lasts_is_noted_and_leaves_one_event_and_no_note(bool whole)
    {
        var user = await bed.Server.CreateUserAsync();
        var noted = 0m;
        bed.Upstream.Streams(Words("Hi", " there"), async context =>
        {
            while (noted == 0)
            {
                noted = await SumAsync($"SELECT coalesce(sum(u.output_tokens), 0)::numeric FROM usage.under_way u WHERE u.user_id = '{user.Id}' AND u.model = 'parrot'");
            }

            await context.Response.Body.WriteAsync(whole ? (byte[])[.. Usage(11, 9), .. Done] : [], context.RequestAborted);
        });

        await StreamAsync(user, Ask);

        Assert.InRange(noted, 1, 4);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await SumAsync($"SELECT count(*)::numeric FROM usage.under_way u WHERE u.user_id = '{user.Id}'") > 0)
        {
            patience.Token.ThrowIfCancellationRequested(); // a round of notes was under way when the call ended, and takes its own back
        }

        var used = Assert.Single(await bed.UsageAsync(user));
        Assert.Equal(!whole, used.Cut);
        Assert.Equal(whole ? 9 : (long)noted, used.Out);
    }

    [Fact]
    public async Task A_server_that_forgets_DONE_but_finishes_has_finished()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Streams([.. Words("Hi"), Bytes("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n")]);

        var text = await StreamAsync(user, Ask);

        Assert.DoesNotContain("error", text, StringComparison.Ordinal);
        Assert.False((await bed.UsageAsync(user))[0].Cut);
    }

    [Fact]
    public async Task Who_leaves_in_the_middle_pays_for_what_was_delivered_and_the_upstream_is_hung_up()
    {
        var user = await bed.Server.CreateUserAsync();
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bed.Upstream.Streams(Words([.. Enumerable.Range(0, 40).Select(i => $" word{i}")]), async context =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                left.SetResult();
            }
        });

        using (var client = new HttpClient(new SocketsHttpHandler { MaxResponseDrainSize = 0 }) { BaseAddress = bed.Server.Address })
        {
            client.DefaultRequestHeaders.Authorization = user.Http.DefaultRequestHeaders.Authorization;
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = GatewayRequests.Json(GatewayRequests.Chat(Ask)) };
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var body = await response.Content.ReadAsStreamAsync();
            var seen = new StringBuilder();
            var buffer = new byte[4096];
            while (!seen.ToString().Contains("word39", StringComparison.Ordinal))
            {
                var read = await body.ReadAsync(buffer);
                Assert.NotEqual(0, read);
                seen.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }

        await left.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await Until(async () => (await bed.UsageAsync(user)).Count == 1);
        var used = (await bed.UsageAsync(user))[0];
        Assert.True(used.Cut);
        Assert.InRange(used.Out, 60, 90);
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (!await holds())
        {
            await Task.Delay(20, patience.Token);
        }
    }

    private static (string, long, long, decimal, bool) Without(IReadOnlyList<(string Model, long In, long Out, decimal Credits, string Source, bool Cut)> rows)
    {
        var one = Assert.Single(rows);
        return (one.Model, one.In, one.Out, one.Credits, one.Cut);
    }

    private async Task<string> StreamAsync(TestUser user, string extra)
    {
        using var response = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat(extra)));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<decimal> SumAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(bed.Server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (decimal)(await command.ExecuteScalarAsync())!;
    }

    private static IEnumerable<byte[]> Broken(string way) => way switch
    {
        "half" => [Bytes("data: {\"choices\":[{\"ind\n\n")],
        "error" => [Bytes("data: {\"error\":{\"message\":\"overloaded\"}}\n\n")],
        "error event" => [Bytes("event: error\ndata: {}\n\n")],
        "endless line" => [Bytes("data: " + new string('x', 3_000_000))],
        _ => [],
    };

    private static readonly byte[] Done = Bytes("data: [DONE]\n\n");

    private static byte[][] Words(params string[] words) =>
        [.. words.Select(w => Bytes($"data: {{\"id\":\"c\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{w}\"}},\"finish_reason\":null}}],\"usage\":null,\"obfuscation\":\"x\"}}\n\n"))];

    private static byte[] Usage(long input, long output) =>
        Bytes($"data: {{\"id\":\"c\",\"choices\":[],\"usage\":{{\"prompt_tokens\":{input},\"completion_tokens\":{output},\"total_tokens\":{input + output}}}}}\n\n");

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string[] Contents(string stream) =>
    [
        .. stream.Split('\n').Select(l => l.TrimEnd('\r')).Where(l => l.StartsWith("data: {", StringComparison.Ordinal) && l.Contains("\"content\"", StringComparison.Ordinal))
            .Select(l => System.Text.Json.JsonElement.Parse(l[6..]).GetProperty("choices")[0].GetProperty("delta").GetProperty("content").GetString()!),
    ];
}
