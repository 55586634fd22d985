using System.Collections.Concurrent;
using System.Net;
using System.Text;
using AIMake.Faults.Hosting;
using AIMake.Tests.Credits;
using AIMake.Tests.Gateway;
using AIMake.Tests.Hosting;

namespace AIMake.Faults.Gateway;

/// <summary>F23: a small heap, large prompts and pictures from all sides, and streams in between.</summary>
public sealed class MemoryPressureTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Heap = 300_000_000;
    private const int Upload = 20_000_000;
    private const int Uploads = 100;
    private const int Streams = 200;

    private readonly string _data = Directory.CreateTempSubdirectory("aimake-faults-").FullName;
    private string _database = "";
    private ScriptedUpstream _upstream = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        _upstream = await ScriptedUpstream.StartAsync();
        _upstream.Keeps = false;
        await File.WriteAllTextAsync(Path.Combine(_data, "catalog.json"), GatewayRequests.Catalog);
    }

    public async ValueTask DisposeAsync()
    {
        await _upstream.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task A_flood_of_large_bodies_is_partly_told_to_come_back_and_breaks_nothing()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _upstream.Answer = context => AnswerAsync(context, go.Task);
        await using (var server = await StartAsync())
        {
            var users = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => server.CreateUserAsync()));
            var streams = await Task.WhenAll(Enumerable.Range(0, Streams).Select(i => BeginAsync(users[i % 4].Http)));
            var answers = new ConcurrentDictionary<string, int>();
            await Task.WhenAll(Enumerable.Range(0, Uploads).Select(async i =>
            {
                var answer = await UploadAsync(users[i % 4].Http, i % 2 == 0);
                answers.AddOrUpdate(answer, 1, (_, n) => n + 1);
            }));
            go.SetResult();

            Assert.All(await Task.WhenAll(streams.Select(s => s.Content.ReadAsStringAsync(Ct))), text => Assert.Contains("[DONE]", text, StringComparison.Ordinal));
            output.WriteLine($"{string.Join(", ", answers)}; peak {PeakMegabytes(server.Id)} MB");
            Assert.All(answers.Keys, a => Assert.Contains(a, (string[])["OK", "ServiceUnavailable", "RequestEntityTooLarge", "hung up"]));
            Assert.True(answers.GetValueOrDefault("OK") > 0, "some must pass");
            Assert.Equal("OK", await UploadAsync(users[0].Http, json: true)); // the room is given back
        }

        await LedgerAssert.CleanAsync(_database);
    }

    private Task<ServerProcess> StartAsync() => ServerProcess.StartAsync(
        _data, _database, heap: Heap, settings:
        [
            "--Catalog:Path", Path.Combine(_data, "catalog.json"), "--Providers:upstream:Type", "openai", "--Providers:upstream:BaseUrl", _upstream.BaseUrl,
            "--Providers:upstream:ApiKey", "sk-x", "--Providers:upstream:MaxConcurrency", "1000", "--Outbound:AllowedHosts:0", new Uri(_upstream.BaseUrl).Authority,
        ]);

    private static async Task AnswerAsync(Microsoft.AspNetCore.Http.HttpContext context, Task go)
    {
        var body = context.Response.Body;
        if (context.Request.ContentLength > 10_000 || context.Request.ContentLength is null)
        {
            context.Response.ContentType = "application/json";
            await body.WriteAsync("""{"choices":[],"data":[{"b64_json":"AAAA"}],"usage":{"prompt_tokens":10,"completion_tokens":20}}"""u8.ToArray(), Ct);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        await body.WriteAsync("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"}}]}\n\n"u8.ToArray(), Ct);
        await body.FlushAsync(Ct);
        await go;
        await body.WriteAsync("data: [DONE]\n\n"u8.ToArray(), Ct);
    }

    /// <summary>A stream that has begun. Told to come back, it comes back.</summary>
    private static async Task<HttpResponseMessage> BeginAsync(HttpClient http)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = GatewayRequests.Json(GatewayRequests.Chat(""","stream":true,"max_tokens":10""")) };
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            await Task.Delay(response.Headers.RetryAfter!.Delta!.Value, Ct);
        }
    }

    /// <returns>The status; or that the server did not want to hear it all.</returns>
    private static async Task<string> UploadAsync(HttpClient http, bool json)
    {
        using HttpContent content = json
            ? new Flood("""{"model":"parrot","max_tokens":10,"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,""", "\"}}]}]}", "application/json")
            : new MultipartFormDataContent { { new StringContent("brush"), "model" }, { new StringContent("a fox"), "prompt" }, { new StringContent("low"), "quality" }, { new Flood("", "", "image/png"), "image", "a.png" } };
        try
        {
            using var response = await http.PostAsync(json ? "/v1/chat/completions" : "/v1/images/edits", content, Ct);
            return response.StatusCode.ToString();
        }
        catch (HttpRequestException)
        {
            return "hung up";
        }
    }

    private static long PeakMegabytes(int process) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").Single(l => l.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], System.Globalization.CultureInfo.InvariantCulture) / 1024;

    /// <summary>Twenty megabytes that are nowhere.</summary>
    private sealed class Flood : HttpContent
    {
        private static readonly byte[] Piece = Encoding.ASCII.GetBytes(new string('A', 1_000_000));
        private readonly byte[] _head;
        private readonly byte[] _tail;

        public Flood(string head, string tail, string type)
        {
            (_head, _tail) = (Encoding.UTF8.GetBytes(head), Encoding.UTF8.GetBytes(tail));
            Headers.ContentType = new(type);
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_head, Ct);
            for (var sent = 0; sent < Upload; sent += Piece.Length)
            {
                await stream.WriteAsync(Piece, Ct);
            }

            await stream.WriteAsync(_tail, Ct);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _head.Length + Upload + _tail.Length;
            return true;
        }
    }
}
