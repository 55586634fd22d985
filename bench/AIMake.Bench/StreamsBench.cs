using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;

namespace AIMake.Bench;

/// <summary>
/// Four hundred chats streamed at once for a minute, twenty chunks a second each, through the gateway; before it the same from the stand-in
/// itself. Upstream, clients and database share the cores.
/// </summary>
internal static class StreamsBench
{
    private const int Streams = 400;
    private static readonly TimeSpan ChunkEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(60);
    private static readonly int Chunks = (int)(Time / ChunkEvery);

    private static readonly byte[] Chunk = Encoding.UTF8.GetBytes("data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"parrot\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"},\"finish_reason\":null}]}\n\n");
    private static readonly byte[] End = Encoding.UTF8.GetBytes($"data: {{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"parrot\",\"choices\":[],\"usage\":{{\"prompt_tokens\":12,\"completion_tokens\":{Chunks},\"total_tokens\":{Chunks + 12}}}}}\n\ndata: [DONE]\n\n");

    public static async Task RunAsync(BenchRun bench)
    {
        await using var upstream = await StandInAsync();
        var url = upstream.Urls.First();
        var alone = await LoadAsync($"{url}/v1/chat/completions", null, () => Task.CompletedTask);
        Console.WriteLine($"upstream alone: {alone}");

        var (server, key) = await GatewayBench.OursAsync(url, outputTokens: Chunks + 100);
        await using (server)
        {
            var memory = new List<double>();
            var ours = await LoadAsync($"{server.Http.BaseAddress}v1/chat/completions", key, async () => memory.Add(await server.ResidentMegabytesAsync()));
            Console.WriteLine($"aimake:         {ours}");
            Console.WriteLine($"resident memory, every ten seconds: {string.Join(", ", memory.Select(m => $"{m:0}"))} MB");
            bench.Verdict("p99 of the gap between chunks, ms", ours.GapP99, 150, atLeast: false);
            bench.Verdict("streams cut", ours.Cut, 0, atLeast: false);
            bench.Verdict("most resident memory, MB", memory.Max(), 400, atLeast: false);
            bench.Verdict("last of it ÷ after twenty seconds", memory[^1] / memory[1], 1.1, atLeast: false);
        }
    }

    private sealed record Figures(double GapP50, double GapP99, double FirstP99, int Cut)
    {
        public override string ToString() => $"gap p50 {GapP50:0.0} ms, p99 {GapP99:0.0} ms; first chunk p99 {FirstP99:0} ms; {Cut} of {Streams} cut";
    }

    private static async Task<Figures> LoadAsync(string address, string? key, Func<Task> everyTenSeconds)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        // They arrive over two seconds, as callers do.
        var reading = Enumerable.Range(0, Streams).Select(async i =>
        {
            await Task.Delay(i * 2_000 / Streams);
            return await ReadAsync(http, address);
        }).ToArray();
        var all = Task.WhenAll(reading);
        while (await Task.WhenAny(all, Task.Delay(TimeSpan.FromSeconds(10))) != all)
        {
            await everyTenSeconds();
        }

        var streams = await all;
        var gaps = streams.SelectMany(s => s.Gaps).Order().ToArray();
        var firsts = streams.Select(s => s.First).Order().ToArray();
        return new Figures(gaps[gaps.Length / 2], gaps[gaps.Length * 99 / 100], firsts[firsts.Length * 99 / 100], streams.Count(s => !s.Whole));
    }

    private static async Task<(List<double> Gaps, double First, bool Whole)> ReadAsync(HttpClient http, string address)
    {
        var asked = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent($$"""{"model":"parrot","stream":true,"max_tokens":{{Chunks + 50}},"messages":[{"role":"user","content":"Talk."}]}""", Encoding.UTF8, "application/json"),
        };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        }

        var (gaps, first, last, whole) = (new List<double>(Chunks), 0.0, 0L, false);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Contains("\"content\"", StringComparison.Ordinal))
            {
                var now = Stopwatch.GetTimestamp();
                if (last == 0)
                {
                    first = Stopwatch.GetElapsedTime(asked, now).TotalMilliseconds;
                }
                else
                {
                    gaps.Add(Stopwatch.GetElapsedTime(last, now).TotalMilliseconds);
                }

                last = now;
            }

            whole |= line == "data: [DONE]";
        }

        return (gaps, first, whole && gaps.Count == Chunks - 1);
    }

    /// <summary>Chunks leave by the clock, not each 50 ms after the one before: a late one does not delay the rest.</summary>
    private static Task<WebApplication> StandInAsync() => StandIn.StartAsync(async context =>
    {
        context.Response.ContentType = "text/event-stream";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < Chunks; i++)
        {
            var wait = (ChunkEvery * i) - Stopwatch.GetElapsedTime(began);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait);
            }

            await context.Response.Body.WriteAsync(Chunk);
        }

        await context.Response.Body.WriteAsync(End);
    });
}
