using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace AIMake.Bench;

/// <summary>
/// Three hundred calls a second through the gateway, with and without ten people a second signing in beside them, in turn. A password's hash takes
/// a tenth of a second of a core by design; calls must not feel it.
/// </summary>
internal static class SignInBench
{
    private const int CallsPerSecond = 300;
    private const int SignInsPerSecond = 10;
    private const int Seconds = 5;
    private const int Rounds = 6;
    private const int Users = 20;

    /// <summary>With them, niceness is not heard between the server and its database, which decides the outcome.</summary>
    private const string Autogroups = "/proc/sys/kernel/sched_autogroup_enabled";

    public static async Task RunAsync(BenchRun bench)
    {
        await using var upstream = await GatewayBench.StandInAsync();
        var (server, key) = await GatewayBench.OursAsync(upstream.Urls.First());
        await using (server)
        {
            var people = new List<Person>();
            for (var n = 0; n < Users; n++)
            {
                people.Add(new Person(ClientFrom(new IPAddress([127, 0, 1, (byte)(n + 1)]), server.Http.BaseAddress!), await server.AccountAsync()));
            }

            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 64 }) { BaseAddress = server.Http.BaseAddress };
            await CallAsync(http, key); // warm up
            await SignInAsync(people, 1);
            var (without, with, signIns) = (new List<OpenLoopFigures>(), new List<OpenLoopFigures>(), new List<OpenLoopFigures>());
            for (var round = 0; round < Rounds; round++)
            {
                without.Add(await CallAsync(http, key));
                var beside = SignInAsync(people, Seconds);
                with.Add(await CallAsync(http, key));
                signIns.Add(await beside);
            }

            Console.WriteLine($"kernel.sched_autogroup_enabled: {(File.Exists(Autogroups) ? File.ReadAllText(Autogroups).Trim() : "none")}");
            Print("calls alone", without);
            Print($"beside {SignInsPerSecond} sign-ins/s", with);
            Print("the sign-ins", signIns);
            bench.Verdict("p99 of calls beside sign-ins ÷ alone", Median(with, f => f.P99) / Median(without, f => f.P99), 1.2, atLeast: false);
            bench.Verdict("calls that failed", with.Concat(without).Sum(f => f.Failed), 0, atLeast: false);
            bench.Verdict("sign-ins that failed", signIns.Sum(f => f.Failed), 0, atLeast: false);
        }
    }

    private static Task<OpenLoopFigures> CallAsync(HttpClient http, string key) => OpenLoop.RunAsync(CallsPerSecond, CallsPerSecond * Seconds, async _ =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new ByteArrayContent(GatewayBench.Ask) { Headers = { ContentType = new("application/json") } } };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await http.SendAsync(request);
        return answer.IsSuccessStatusCode;
    });

    private static Task<OpenLoopFigures> SignInAsync(List<Person> people, int seconds) => OpenLoop.RunAsync(SignInsPerSecond, SignInsPerSecond * seconds, async n =>
    {
        var (http, account) = people[n % people.Count];
        using var answer = await http.PostAsJsonAsync("/api/auth/login", account);
        return answer.IsSuccessStatusCode;
    });

    /// <summary>People have addresses of their own: many sign-ins from one are slowed down.</summary>
    private static HttpClient ClientFrom(IPAddress address, Uri server) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (context, ct) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(address, 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    }) { BaseAddress = server };

    private sealed record Person(HttpClient Http, object Account);

    private static void Print(string what, List<OpenLoopFigures> rounds) => Console.WriteLine(FormattableString.Invariant(
        $"{what,-22} p50 {Median(rounds, f => f.P50):0.0} ms  p99 {Median(rounds, f => f.P99):0.0} ms  (rounds {string.Join(", ", rounds.Select(f => FormattableString.Invariant($"{f.P99:0.0}")))})"));

    private static double Median(List<OpenLoopFigures> rounds, Func<OpenLoopFigures, double> of) => rounds.Select(of).Order().ElementAt(rounds.Count / 2);
}
