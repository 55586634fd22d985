using System.Threading.Channels;
using AIMake.Accounts;
using AIMake.Platform.Http;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Builder;

namespace AIMake.Tests.Platform.Http;

public sealed class SseTests
{
    [Fact]
    public void An_event_is_written_as_the_standard_says()
    {
        Assert.Equal("id: 7\nevent: progress\ndata: {\"x\":1}\n\n", new SseEvent("progress", "{\"x\":1}", "7").ToWire());
        Assert.Equal("event: text\ndata: one\ndata: two\n\n", new SseEvent("text", "one\r\ntwo").ToWire());
    }

    [Theory]
    [InlineData("a\nevent: b", null)]
    [InlineData("a", "1\ndata: forged")]
    public void Type_and_id_cannot_smuggle_fields(string type, string? id) =>
        Assert.Throws<ArgumentException>(() => new SseEvent(type, "x", id).ToWire());

    [Fact]
    public async Task Events_arrive_as_they_happen_uncompressed_and_the_stream_says_when_it_will_go()
    {
        var events = Channel.CreateUnbounded<SseEvent>();
        await using var app = await TestApp.StartAsync(map: a => a.MapGet("/api/test/feed", () => new SseStream(ct => events.Reader.ReadAllAsync(ct))).Public());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/test/feed");
        request.Headers.AcceptEncoding.ParseAdd("br, gzip");
        using var answer = await app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.ToString());
        Assert.Empty(answer.Content.Headers.ContentEncoding);
        Assert.Equal("retry: 2000", await reader.ReadLineAsync());
        await events.Writer.WriteAsync(new("one", "1", "1"));
        Assert.Equal(["", "id: 1", "event: one", "data: 1", ""], await LinesAsync(reader, 5));

        var stopping = app.StopAsync();
        Assert.Equal(["event: server_shutting_down", "data: {}", ""], await LinesAsync(reader, 3));
        Assert.Null(await reader.ReadLineAsync());
        await stopping;
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_source()
    {
        var ended = new TaskCompletionSource();
        await using var app = await TestApp.StartAsync(map: a => a.MapGet("/api/test/feed", () => new SseStream(ct => Forever(ended, ct))).Public());
        using (var answer = await app.Client.GetAsync("/api/test/feed", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.True(answer.IsSuccessStatusCode);
        }

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static async IAsyncEnumerable<SseEvent> Forever(TaskCompletionSource ended, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, ct);
            yield break;
        }
        finally
        {
            ended.SetResult();
        }
    }

    private static async Task<string[]> LinesAsync(StreamReader reader, int count)
    {
        var lines = new string[count];
        for (var i = 0; i < count; i++)
        {
            lines[i] = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) ?? "(end)";
        }

        return lines;
    }
}
