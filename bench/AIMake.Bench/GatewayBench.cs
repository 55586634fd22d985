using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;

namespace AIMake.Bench;

/// <summary>
/// <c>/v1/chat/completions</c> in front of a stand-in that answers at once: with key check, hold and durable settlement on our side,
/// against Portkey's open-source gateway, which does neither; nginx as a bare proxy and the stand-in alone beside them.
/// Upstream, load and database share the same cores.
/// </summary>
internal static class GatewayBench
{
    private const int Rounds = 3;
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(5);

    private const string Catalog = """
        { "models": [ { "id": "parrot", "kind": "chat", "provider": "upstream", "name": "Parrot", "description": { "en": "", "zh": "" },
          "prices": [ { "unit": "input-token", "per": 1000000, "credits": 1, "source": "bench", "date": "2026-11-20" },
                      { "unit": "output-token", "per": 1000000, "credits": 2, "source": "bench", "date": "2026-11-20" } ],
          "limits": { "outputTokens": 100 } } ], "voices": [] }
        """;

    private const string Answer = """
        {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"parrot","choices":[{"index":0,"message":{"role":"assistant","content":"Good morning. The kettle is on and nothing is urgent today."},"finish_reason":"stop"}],"usage":{"prompt_tokens":21,"completion_tokens":13,"total_tokens":34}}
        """;

    internal static readonly byte[] Ask = """{"model":"parrot","messages":[{"role":"system","content":"You are a parrot."},{"role":"user","content":"Say good morning, and something kind."}],"max_tokens":100}"""u8.ToArray();

    public static async Task RunAsync(BenchRun bench)
    {
        await using var upstream = await StandInAsync();
        var url = upstream.Urls.First();
        var (server, key) = await OursAsync(url);
        await using (server)
        await using (var portkey = await PortkeyAsync(bench, url))
        await using (var nginx = await NginxAsync(url))
        {
            var ours = new Target("aimake", new Uri(server.Http.BaseAddress!, "/v1/chat/completions"), [("Authorization", $"Bearer {key}")]);
            var peer = new Target("portkey", portkey.Address, [("Authorization", "Bearer sk-x"), ("x-portkey-provider", "openai"), ("x-portkey-custom-host", $"{url}/v1")]);
            var alone = new Target("upstream alone", new Uri($"{url}/v1/chat/completions"), []);
            Target[] targets = nginx is null ? [ours, peer, alone] : [ours, peer, new Target("nginx", nginx.Address, []), alone];
            foreach (var target in targets)
            {
                await LoadAsync(target, 16, TimeSpan.FromSeconds(3)); // warm up
            }

            var many = await RoundsAsync(targets, connections: 16);
            var one = await RoundsAsync(targets, connections: 1);
            await PrintProcessorTimeAsync(server, ours);
            bench.Verdict("requests per second ÷ Portkey's, 16 connections", many["aimake"].PerSecond / many["portkey"].PerSecond, 4, atLeast: true);
            bench.Verdict("p99 of 16 connections, ms", many["aimake"].P99, 10, atLeast: false);
            bench.Verdict("added to the upstream's p50, one connection, ms", one["aimake"].P50 - one["upstream alone"].P50, 0.5, atLeast: false);
            bench.Verdict("added to the upstream's p99, one connection, ms", one["aimake"].P99 - one["upstream alone"].P99, 3, atLeast: false);
            Console.WriteLine($"resident memory: {await server.ResidentMegabytesAsync():0} MB");
        }
    }

    private sealed record Target(string Name, Uri Address, (string Name, string Value)[] Headers);

    private sealed record Figures(double PerSecond, double P50, double P99);

    /// <summary>What a call takes of the processor, which noise from neighbours changes less than it changes the clock.</summary>
    private static async Task PrintProcessorTimeAsync(ServerUnderTest server, Target ours)
    {
        foreach (var connections in new[] { 16, 1 })
        {
            var before = await server.ProcessorTimeAsync();
            var calls = (await LoadAsync(ours, connections, RoundTime)).PerSecond * RoundTime.TotalSeconds;
            var after = await server.ProcessorTimeAsync();
            Console.WriteLine(
                $"{connections,2} connections, processor time of a call: server {(after.Server - before.Server).TotalMicroseconds / calls:0} µs, database {(after.Database - before.Database).TotalMicroseconds / calls:0} µs");
        }
    }

    /// <summary>Every target in turn, several times; the median of each figure.</summary>
    private static async Task<Dictionary<string, Figures>> RoundsAsync(Target[] targets, int connections)
    {
        var all = targets.ToDictionary(t => t.Name, _ => new List<Figures>());
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var target in targets)
            {
                all[target.Name].Add(await LoadAsync(target, connections, RoundTime));
            }
        }

        var medians = all.ToDictionary(a => a.Key, a => new Figures(Median(a.Value, f => f.PerSecond), Median(a.Value, f => f.P50), Median(a.Value, f => f.P99)));
        foreach (var (name, f) in medians)
        {
            Console.WriteLine($"{connections,2} connections, {name,-15} {f.PerSecond,7:0}/s  p50 {f.P50:0.00} ms  p99 {f.P99:0.00} ms");
        }

        return medians;
    }

    private static double Median(List<Figures> rounds, Func<Figures, double> of) => rounds.Select(of).Order().ElementAt(rounds.Count / 2);

    private static async Task<Figures> LoadAsync(Target target, int connections, TimeSpan time)
    {
        var latencies = new ConcurrentBag<List<double>>();
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 1 });
            var mine = new List<double>();
            while (Stopwatch.GetElapsedTime(began) < time)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, target.Address) { Content = new ByteArrayContent(Ask) { Headers = { ContentType = new("application/json") } } };
                foreach (var (name, value) in target.Headers)
                {
                    request.Headers.Add(name, value);
                }

                var asked = Stopwatch.GetTimestamp();
                using var response = await http.SendAsync(request);
                var body = await response.Content.ReadAsByteArrayAsync();
                mine.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
                if (!response.IsSuccessStatusCode)
                {
                    throw new InvalidOperationException($"{target.Name}: {(int)response.StatusCode} {Encoding.UTF8.GetString(body)}");
                }
            }

            latencies.Add(mine);
        })));
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var sorted = latencies.SelectMany(l => l).Order().ToArray();
        return new Figures(sorted.Length / took, sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100]);
    }

    internal static Task<WebApplication> StandInAsync()
    {
        var answer = Encoding.UTF8.GetBytes(Answer.Trim());
        return StandIn.StartAsync(async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer);
        });
    }

    /// <summary>Our server with the stand-in as its provider, and an API key of a user of the free plan.</summary>
    internal static async Task<(ServerUnderTest Server, string Key)> OursAsync(string upstream, int outputTokens = 100)
    {
        var catalog = Path.GetTempFileName();
        await File.WriteAllTextAsync(catalog, Catalog.Replace("\"outputTokens\": 100", $"\"outputTokens\": {outputTokens}", StringComparison.Ordinal));
        var server = await ServerUnderTest.StartAsync(
            null, "--Catalog:Path", catalog, "--Providers:upstream:Type", "openai", "--Providers:upstream:BaseUrl", $"{upstream}/v1",
            "--Providers:upstream:ApiKey", "sk-bench", "--Providers:upstream:MaxConcurrency", "1000", "--Outbound:AllowedHosts:0", new Uri(upstream).Authority);
        using var user = await server.UserAsync();
        using var made = await user.PostAsJsonAsync("/api/tokens", new { name = "bench", scopes = new[] { "chat" } });
        return (server, (await ServerUnderTest.DataAsync(made)).GetProperty("secret").GetString()!);
    }

    private static async Task<Peer> PortkeyAsync(BenchRun bench, string upstream)
    {
        var folder = Path.Combine(bench.Root, "bench/peers");
        await BenchRun.OutputOfAsync("npm", "ci", "--silent", "--prefix", folder);
        var port = FreePort();
        return await Peer.StartAsync("node", [Path.Combine(folder, "node_modules/@portkey-ai/gateway/build/start-server.js"), $"--port={port}", "--headless"], port);
    }

    private static async Task<Peer?> NginxAsync(string upstream)
    {
        if (!File.Exists("/usr/sbin/nginx"))
        {
            Console.WriteLine("nginx is not installed here; left out");
            return null;
        }

        var (port, folder) = (FreePort(), Directory.CreateTempSubdirectory("aimake-nginx-").FullName);
        await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"), $$"""
            daemon off; worker_processes 2; pid {{folder}}/pid; error_log stderr crit;
            events { worker_connections 1024; }
            http { access_log off; client_body_temp_path {{folder}}/b; proxy_temp_path {{folder}}/p; fastcgi_temp_path {{folder}}/f; uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
              upstream up { server {{new Uri(upstream).Authority}}; keepalive 64; }
              server { listen 127.0.0.1:{{port}}; location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; } } }
            """);
        return await Peer.StartAsync("/usr/sbin/nginx", ["-c", Path.Combine(folder, "nginx.conf")], port);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Another gateway in a process of its own.</summary>
    private sealed class Peer(Process process, int port) : IAsyncDisposable
    {
        public Uri Address { get; } = new($"http://127.0.0.1:{port}/v1/chat/completions");

        public static async Task<Peer> StartAsync(string program, string[] arguments, int port)
        {
            var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            _ = process.StandardOutput.ReadToEndAsync();
            _ = process.StandardError.ReadToEndAsync();
            for (var tries = 0; ; tries++)
            {
                try
                {
                    using var probe = new TcpClient();
                    await probe.ConnectAsync("127.0.0.1", port);
                    return new Peer(process, port);
                }
                catch (SocketException) when (tries < 200 && !process.HasExited)
                {
                    await Task.Delay(50);
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
