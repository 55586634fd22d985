using System.Collections.Concurrent;
using System.Text.Json;
using AIMake.Credits;
using AIMake.Generations;
using AIMake.Generations.Queue;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Settings;
using AIMake.Tests.Credits;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AIMake.Tests.Generations;

/// <summary>A process's share of the queue on a real database: ledger, worker, signals, and a handler that tests script.</summary>
internal sealed class QueueNode : IAsyncDisposable
{
    private readonly IHost _host;

    private QueueNode(IHost host) => _host = host;

    public ScriptedHandler Handler { get; } = new();

    /// <summary>What the product was told of inline work that broke off.</summary>
    public ConcurrentQueue<CutWork> Cut { get; } = [];

    public Database Database => _host.Services.GetRequiredService<Database>();

    public ICreditLedger Ledger => _host.Services.GetRequiredService<ICreditLedger>();

    public GenerationService Service => _host.Services.GetRequiredService<GenerationService>();

    public GenerationSignals Signals => _host.Services.GetRequiredService<GenerationSignals>();

    public GenerationWorker Worker => _host.Services.GetRequiredService<GenerationWorker>();

    /// <param name="role">A node of role api starts and watches work without running it.</param>
    public static async Task<QueueNode> StartAsync(string connectionString, ServerRole role = ServerRole.All, Action<GenerationsOptions>? adjust = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging(l => l.SetMinimumLevel(LogLevel.None));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new ServerOptions { Role = role });
        builder.Services.AddSingleton(_ => new Database(connectionString, new DatabaseOptions { HotConnections = 5, JobConnections = 5 }));
        builder.AddCredits();
        builder.Services.AddSingleton<IPlanAllowances>(new FixedPlans(("free", 500)));
        builder.AddGenerations();
        var options = new GenerationsOptions { PollEvery = TimeSpan.FromMilliseconds(50), BackOff = TimeSpan.FromMilliseconds(10) };
        adjust?.Invoke(options);
        builder.Services.AddSingleton(options);
        QueueNode? node = null;
        builder.Services.AddSingleton<IGenerationHandler>(_ => node!.Handler);
        builder.Services.AddSingleton<ICutWork>(_ => new CutNotes(node!.Cut));
        node = new QueueNode(builder.Build());
        await node._host.StartAsync();
        await node.Signals.Listening;
        return node;
    }

    /// <summary>A user with credits of a pack.</summary>
    public async Task<Guid> UserAsync(decimal credits)
    {
        var user = Guid.CreateVersion7();
        await Database.TransactAsync(
            DbPurpose.Admin,
            async s =>
            {
                await Ledger.OpenAccountAsync(s, user, "free", CancellationToken.None);
                if (credits > 0)
                {
                    await Ledger.GrantAsync(
                        s, new GrantOrder(user, Micro.FromCredits(credits), "pack", $"test:{user}", 50, null, "test"), CancellationToken.None);
                }
            },
            CancellationToken.None);
        return user;
    }

    public static GenerationOrder Order(Guid user, decimal ceiling, string kind = ScriptedHandler.Name)
    {
        var price = Micro.FromCredits(ceiling);
        return new GenerationOrder(
            Guid.CreateVersion7(), user, kind, "test-model", "test", JsonSerializer.SerializeToElement(new { n = 1 }),
            new Quote(price, price, [new PriceLine("test", 1, "piece", price, "test", price, false)]));
    }

    public async Task<GenerationView> EndOfAsync(Guid user, Guid id)
    {
        var view = await Service.WaitAsync(user, id, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.NotNull(view);
        Assert.NotNull(view.FinishedAt);
        return view;
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}

/// <summary>The product's part when inline work breaks off.</summary>
internal sealed class CutNotes(ConcurrentQueue<CutWork> told) : ICutWork
{
    public string Kind => ScriptedHandler.Name;

    public Task RecordAsync(DbSession session, CutWork work, CancellationToken ct)
    {
        told.Enqueue(work);
        return Task.CompletedTask;
    }
}

/// <summary>Does what the test says.</summary>
internal sealed class ScriptedHandler : IGenerationHandler
{
    public const string Name = "scripted";

    public string Kind => Name;

    public Func<GenerationRun, CancellationToken, Task<RunResult>> Script { get; set; } = (run, _) => Task.FromResult(Succeed(run.Ceiling));

    /// <summary>Every run that began, by generation.</summary>
    public ConcurrentQueue<(Guid Id, int Epoch)> Runs { get; } = new();

    public Task<RunResult> RunAsync(GenerationRun run, CancellationToken ct)
    {
        Runs.Enqueue((run.Id, run.Epoch));
        return Script(run, ct);
    }

    public static RunResult Succeed(Micro charge) =>
        new RunResult.Succeeded(charge, [new PriceLine("test", 1, "piece", charge, "test", charge, false)]);

    public static RunResult Fail() => new RunResult.Failed(new Fault(FaultCodes.UpstreamError, "test"));
}
