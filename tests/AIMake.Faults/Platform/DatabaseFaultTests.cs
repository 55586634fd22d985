using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using AIMake.Faults.Hosting;

namespace AIMake.Faults.Platform;

/// <summary>The server's own database crashes, freezes, loses its sessions, outlives its server.</summary>
public sealed class DatabaseFaultTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("aimake-dbfaults-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public DatabaseFaultTests() => File.SetUnixFileMode(_data, (UnixFileMode)0b111_101_101);

    public void Dispose() => Directory.Delete(_data, recursive: true);

    /// <summary>F01: nothing acknowledged is lost, no answer is a bare 500, and service is back in seconds.</summary>
    [Fact]
    public async Task A_database_that_crashes_again_and_again_loses_nothing_it_acknowledged()
    {
        await using var server = await ServerProcess.StartAsync(_data, database: null);
        var acknowledged = new ConcurrentBag<string>();
        var statuses = new ConcurrentDictionary<HttpStatusCode, int>();
        using var load = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var clients = Enumerable.Range(0, 4).Select(n => RegisterUntilAsync(server, n, acknowledged, statuses, load.Token)).ToArray();
        var slowest = TimeSpan.Zero;
        for (var crash = 0; crash < 3; crash++)
        {
            var before = acknowledged.Count;
            await UntilAsync(() => Task.FromResult(acknowledged.Count > before + 5));
            await SignalPostmasterAsync("QUIT"); // an immediate shutdown: no checkpoint, sessions cut
            var down = Stopwatch.StartNew();
            await UntilAsync(async () => !await IsReadyAsync(server));
            await UntilAsync(() => IsReadyAsync(server));
            slowest = down.Elapsed > slowest ? down.Elapsed : slowest;
        }

        var afterwards = acknowledged.Count;
        await UntilAsync(() => Task.FromResult(acknowledged.Count > afterwards + 5));
        await load.CancelAsync();
        await Task.WhenAll(clients);

        Assert.Equal([], statuses.Keys.Except([HttpStatusCode.Created, HttpStatusCode.ServiceUnavailable, HttpStatusCode.TooManyRequests]));
        foreach (var name in acknowledged)
        {
            // 401 would say that the account is not there any more; a second registration under its name must be refused.
            using var again = await RegisterAsync(server, name);
            Assert.NotEqual(HttpStatusCode.Created, again.StatusCode);
        }

        Assert.True(slowest < TimeSpan.FromSeconds(30), $"{slowest} until ready again");
        TestContext.Current.TestOutputHelper?.WriteLine($"{acknowledged.Count} acknowledged, slowest return {slowest.TotalMilliseconds:0} ms, {string.Join(' ', statuses)}");
    }

    /// <summary>F04: callers are told soon, the process lives, and all is well when it thaws.</summary>
    [Fact]
    public async Task A_frozen_database_sheds_callers_within_seconds_and_thaws_without_harm()
    {
        await using var server = await ServerProcess.StartAsync(_data, database: null);
        var (_, user, _) = await server.CreateUserAsync();
        var processes = await PostgresProcessesAsync();
        await SignalAsync("STOP", processes);
        try
        {
            var asked = Stopwatch.StartNew();
            using var answer = await user.GetAsync("/api/credits", Ct);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.True(asked.Elapsed < TimeSpan.FromSeconds(15), $"{asked.Elapsed}");
            Assert.NotNull(answer.Headers.RetryAfter);
            using var alive = await server.Http.GetAsync("/health", Ct);
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
            Assert.False(await IsReadyAsync(server));
        }
        finally
        {
            await SignalAsync("CONT", processes);
        }

        await UntilAsync(() => IsReadyAsync(server));
        await UntilAsync(async () =>
        {
            using var again = await user.GetAsync("/api/credits", Ct);
            return again.StatusCode == HttpStatusCode.OK;
        });
    }

    /// <summary>A server killed hard leaves its database running; the next one takes it over and ends it cleanly.</summary>
    [Fact]
    public async Task A_killed_server_leaves_a_database_that_the_next_one_takes_over_and_stops()
    {
        string token;
        int postmaster;
        await using (var first = await ServerProcess.StartAsync(_data, database: null))
        {
            token = (await first.CreateUserAsync()).Token;
            postmaster = Postmaster();
            await first.KillAsync();
        }

        await using var second = await ServerProcess.StartAsync(_data, database: null);
        using var user = second.ClientFor(token);
        using var me = await user.GetAsync("/api/auth/me", Ct);

        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
        Assert.Equal(postmaster, Postmaster());
        Assert.Equal(0, await second.TerminateAsync());
        Assert.False(File.Exists(PidFile));
    }

    [Fact]
    public async Task A_database_whose_every_process_is_killed_is_started_again_with_all_it_had_committed()
    {
        await using var server = await ServerProcess.StartAsync(_data, database: null);
        var (_, user, _) = await server.CreateUserAsync();

        await SignalAsync("KILL", await PostgresProcessesAsync());

        await UntilAsync(async () =>
        {
            using var me = await user.GetAsync("/api/auth/me", Ct);
            return me.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task A_database_that_may_forget_is_refused_with_the_cure()
    {
        await using (var first = await ServerProcess.StartAsync(_data, database: null))
        {
            await first.TerminateAsync();
        }

        await File.AppendAllTextAsync(Path.Combine(_data, "postgres", "cluster", "postgresql.auto.conf"), "fsync = off\n", Ct);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerProcess.StartAsync(_data, database: null));
        Assert.Contains("ALTER SYSTEM SET fsync = on", refused.Message, StringComparison.Ordinal);
        await SignalAsync("INT", [Postmaster()]);
    }

    private string PidFile => Path.Combine(_data, "postgres", "cluster", "postmaster.pid");

    private int Postmaster() => int.Parse(File.ReadLines(PidFile).First(), System.Globalization.CultureInfo.InvariantCulture);

    private Task SignalPostmasterAsync(string signal) => SignalAsync(signal, [Postmaster()]);

    /// <summary>The postmaster and its children: signals reach the whole cluster.</summary>
    private async Task<int[]> PostgresProcessesAsync()
    {
        var postmaster = Postmaster();
        var children = await File.ReadAllTextAsync($"/proc/{postmaster}/task/{postmaster}/children", Ct);
        return [postmaster, .. children.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
    }

    private static async Task SignalAsync(string signal, int[] processes) =>
        await Process.Start("kill", [$"-{signal}", .. processes.Select(p => $"{p}")]).WaitForExitAsync(Ct);

    private static async Task<bool> IsReadyAsync(ServerProcess server)
    {
        using var answer = await server.Http.GetAsync("/health/ready", Ct);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(90));
        while (!await condition())
        {
            await Task.Delay(50, limit.Token);
        }
    }

    private static async Task RegisterUntilAsync(
        ServerProcess server, int client, ConcurrentBag<string> acknowledged, ConcurrentDictionary<HttpStatusCode, int> statuses, CancellationToken stop)
    {
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var name = $"c{client}n{n}";
            using var answer = await RegisterAsync(server, name);
            statuses.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
            if (answer.StatusCode == HttpStatusCode.Created)
            {
                acknowledged.Add(name);
            }
        }
    }

    private static Task<HttpResponseMessage> RegisterAsync(ServerProcess server, string name) => server.Http.PostAsJsonAsync(
        "/api/auth/register", new { username = name, email = $"{name}@example.com", password = $"correct horse {name}", agreement = true }, Ct);
}
