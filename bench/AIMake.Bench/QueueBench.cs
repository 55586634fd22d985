using System.Diagnostics;
using System.Text.Json;
using AIMake.Credits;
using AIMake.Generations;
using AIMake.Platform.Database;
using AIMake.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AIMake.Bench;

/// <summary>
/// 3,000 generations of a handler that does nothing, from hold and insert to settle, against graphile-worker doing 3,000 bare
/// jobs, on one PostgreSQL with fsync on. 100 callers at once, 50 users; each side three times in turn, best of each.
/// </summary>
internal static class QueueBench
{
    private const int Jobs = 3_000;
    private const int Rounds = 3;

    public static async Task RunAsync(BenchRun bench)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"aimake-bench-{Guid.NewGuid():N}");
        var postgres = await PrivatePostgres.StartAsync(folder, CancellationToken.None);
        try
        {
            await Migrator.ApplyAsync(postgres.ConnectionString, CancellationToken.None);
            await BenchRun.OutputOfAsync("npm", "ci", "--silent", "--prefix", Path.Combine(bench.Root, "bench/peers"));
            var (ours, peers) = (new List<double>(), new List<double>());
            for (var round = 0; round < Rounds; round++)
            {
                peers.Add(await GraphileAsync(bench, postgres.ConnectionString));
                ours.Add(await OursAsync(postgres.ConnectionString));
                Console.WriteLine($"round {round + 1}: generations {ours[^1]:0}/s, graphile-worker {peers[^1]:0}/s");
            }

            bench.Verdict("generations per second ÷ graphile-worker jobs per second", ours.Max() / peers.Max(), 1.5, atLeast: true);
        }
        finally
        {
            await postgres.StopAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> GraphileAsync(BenchRun bench, string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        var url = $"postgresql://{settings.Username}:{settings.Password}@{settings.Host}:{settings.Port}/{settings.Database}";
        var line = await BenchRun.OutputOfAsync("node", Path.Combine(bench.Root, "bench/peers/graphile.mjs"), url, $"{Jobs}");
        return JsonDocument.Parse(line).RootElement.GetProperty("perSecond").GetDouble();
    }

    private static async Task<double> OursAsync(string connectionString)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging(l => l.SetMinimumLevel(LogLevel.Warning));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new ServerOptions());
        builder.Services.AddSingleton(_ => new Database(() => connectionString, new DatabaseOptions()));
        builder.AddCredits();
        builder.AddGenerations();
        builder.Services.AddSingleton(new GenerationsOptions { Slots = 200 });
        builder.Services.AddSingleton<IGenerationHandler, NoOp>();
        using var host = builder.Build();
        await host.StartAsync();
        var users = await UsersAsync(host.Services);
        await host.Services.GetRequiredService<GenerationSignals>().Listening;
        var service = host.Services.GetRequiredService<GenerationService>();

        var next = 0;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(async () =>
        {
            int n;
            while ((n = Interlocked.Increment(ref next)) <= Jobs)
            {
                var order = Order(users[n % users.Length]);
                (await service.StartAsync(order, CancellationToken.None)).TryGet(out var _, out var fault);
                _ = fault is null ? 0 : throw new InvalidOperationException(fault.Code.Code);
            }
        })));
        await UntilDoneAsync(connectionString);
        var rate = Jobs / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await host.StopAsync();
        return rate;
    }

    private static async Task<Guid[]> UsersAsync(IServiceProvider services)
    {
        var ledger = services.GetRequiredService<ICreditLedger>();
        var users = Enumerable.Range(0, 50).Select(_ => Guid.CreateVersion7()).ToArray();
        foreach (var user in users)
        {
            await services.GetRequiredService<Database>().TransactAsync(
                DbPurpose.Admin, s => ledger.OpenAccountAsync(s, user, "free", CancellationToken.None), CancellationToken.None);
        }

        return users;
    }

    private static GenerationOrder Order(Guid user)
    {
        var price = Micro.FromCredits(0.01m);
        return new GenerationOrder(
            Guid.CreateVersion7(), user, "noop", "none", "none", JsonSerializer.SerializeToElement(new { n = 1 }),
            new Quote(price, price, [new PriceLine("noop", 1, "piece", price, "bench", price, false)]));
    }

    private static async Task UntilDoneAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var left = new NpgsqlCommand("SELECT count(*) FROM generations.generations WHERE status IN ('queued', 'running')", connection);
        while ((long)(await left.ExecuteScalarAsync())! > 0)
        {
            await Task.Delay(5);
        }
    }

    private sealed class NoOp : IGenerationHandler
    {
        public string Kind => "noop";

        public Task<RunResult> RunAsync(GenerationRun run, CancellationToken ct) => Task.FromResult<RunResult>(
            new RunResult.Succeeded(run.Ceiling, [new PriceLine("noop", 1, "piece", run.Ceiling, "bench", run.Ceiling, false)]));
    }
}
