using AIMake.Credits;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Tests.Hosting;
using Npgsql;

namespace AIMake.Tests.Credits;

/// <summary>Many at once, over two nodes.</summary>
public sealed class LedgerRaceTests
{
    [Fact]
    public async Task Of_200_parallel_holds_on_funds_for_10_exactly_10_pass()
    {
        await using var one = await LedgerBench.StartAsync();
        var two = LedgerBench.On(one.Database.ConnectionString);
        var user = await one.OpenAsync(10);

        var faults = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => (i % 2 == 0 ? one : two).HoldAsync(user, 1, out _)));

        Assert.Equal(10, faults.Count(f => f is null));
        Assert.All(faults.OfType<Fault>(), f => Assert.Equal((FaultCodes.InsufficientCredits, 402), (f.Code, f.Code.Status)));
        Assert.Equal((0m, 10m), await one.BalanceAsync(user));
        await two.Database.DisposeAsync();
    }

    [Fact]
    public async Task Of_200_parallel_batches_that_mix_users_each_user_passes_exactly_what_the_funds_allow()
    {
        await using var bench = await LedgerBench.StartAsync();
        var users = await Task.WhenAll(Enumerable.Range(0, 7).Select(i => bench.OpenAsync(10 + i)));
        var random = new Random(33);
        var batches = Enumerable.Range(0, 200).Select(_ => Enumerable.Range(0, 10)
            .Select(_ => new HoldOrder(Guid.CreateVersion7(), users[random.Next(users.Length)], Micro.FromCredits(1), null)).ToArray()).ToArray();

        var replies = (await Task.WhenAll(batches.Select(bench.HoldAsync))).SelectMany(r => r).ToDictionary(r => r.Operation, r => r.Fault);

        foreach (var (i, user) in users.Index())
        {
            Assert.Equal(10 + i, batches.SelectMany(b => b).Count(o => o.UserId == user && replies[o.Operation] is null));
            Assert.Equal((0m, 10m + i), await bench.BalanceAsync(user));
        }
    }

    [Fact]
    public async Task A_thousand_races_of_settle_void_and_sweep_have_one_winner_each()
    {
        var clock = new ManualTime();
        await using var bench = await LedgerBench.StartAsync(clock);
        var user = await bench.OpenAsync(3000);
        var wins = new int[3];
        for (var round = 0; round < 50; round++)
        {
            var operations = Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7()).ToArray();
            await bench.HoldAsync([.. operations.Select(o => new HoldOrder(o, user, Micro.FromCredits(2), TimeSpan.FromSeconds(60)))]);
            await Task.WhenAll(operations.Select(o => bench.RenewAsync(o, 0.5m, TimeSpan.FromSeconds(60))));
            clock.Advance(TimeSpan.FromSeconds(60));

            var sweeping = Task.Run(() => bench.Sweeper.RunOnceAsync(default));
            var settling = operations.Select(o => Task.Run(() => bench.SettleAsync(o, 1))).ToArray();
            var voiding = operations.Select(o => Task.Run(() => bench.VoidAsync(o))).ToArray();
            var (settled, voided, swept) = ((await Task.WhenAll(settling)).Count(w => w), (await Task.WhenAll(voiding)).Count(w => w), await sweeping);

            Assert.Equal(20, settled + voided + swept);
            (wins[0], wins[1], wins[2]) = (wins[0] + settled, wins[1] + voided, wins[2] + swept);
        }

        Assert.Equal((3000m - wins[0] - 0.5m * wins[2], 0m), await bench.BalanceAsync(user));
        Assert.All(wins.Take(2), w => Assert.True(w > 0, $"settle {wins[0]}, void {wins[1]}, sweep {wins[2]}: not a race"));
    }

    [Fact]
    public async Task The_same_order_sent_fifty_times_at_once_holds_once_and_settles_once()
    {
        await using var bench = await LedgerBench.StartAsync();
        var user = await bench.OpenAsync(10);
        var operation = Guid.CreateVersion7();

        var faults = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => bench.HoldAsync(user, 4, operation)));
        Assert.Equal((6m, 4m), await bench.BalanceAsync(user));
        var wins = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => bench.SettleAsync(operation, 3)));

        Assert.All(faults, Assert.Null);
        Assert.Single(wins, w => w);
        Assert.Equal((7m, 0m), await bench.BalanceAsync(user));
    }

    [Fact]
    public async Task Fifty_deliveries_of_one_payment_grant_once_and_fifty_refunds_take_once()
    {
        await using var bench = await LedgerBench.StartAsync();
        var user = await bench.OpenAsync(0);

        var grants = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => bench.GrantAsync(user, 20, "stripe:session:1")));
        var refunds = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => bench.WithdrawAsync(user, 5, "stripe:refund:1", "stripe:session:1")));

        Assert.Single(grants, g => g);
        Assert.Single(refunds, r => r is not null);
        Assert.Equal((15m, 0m), await bench.BalanceAsync(user));
    }

    /// <summary>
    /// F08. Every unit holds on two accounts in the order it likes, so units do wait for each other in circles; the whole
    /// unit is retried and nobody sees it.
    /// </summary>
    [Fact]
    public async Task Clients_that_deadlock_on_four_accounts_all_succeed()
    {
        await using var bench = await LedgerBench.StartAsync();
        var users = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => bench.OpenAsync(10_000)));
        var runs = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(client => Task.Run(async () =>
        {
            var random = new Random(client);
            for (var i = 0; i < 3; i++)
            {
                var (first, second) = (users[random.Next(4)], users[random.Next(4)]);
                var (a, b) = (Guid.CreateVersion7(), Guid.CreateVersion7());
                await bench.DoAsync(async session =>
                {
                    Interlocked.Increment(ref runs);
                    await bench.Ledger.HoldAsync(session, [new(a, first, Micro.FromCredits(2), null)], default);
                    await bench.Ledger.HoldAsync(session, [new(b, second, Micro.FromCredits(2), null)], default);
                    return await bench.Ledger.SettleAsync(session, [new(a, Micro.FromCredits(1), "x"), new(b, Micro.FromCredits(1), "x")], default);
                });
            }
        })));

        var left = await Task.WhenAll(users.Select(bench.BalanceAsync));
        Assert.Equal(40_000 - 8 * 3 * 2, left.Sum(l => l.Available));
        TestContext.Current.SendDiagnosticMessage($"F08: {runs} runs for {8 * 3} units");
    }

    [Fact]
    public async Task Thirty_two_clients_whose_batches_name_the_same_accounts_in_any_order_never_deadlock()
    {
        await using var bench = await LedgerBench.StartAsync();
        var users = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => bench.OpenAsync(10_000)));
        var runs = 0;

        await Task.WhenAll(Enumerable.Range(0, 32).Select(client => Task.Run(async () =>
        {
            for (var i = 0; i < 5; i++)
            {
                var order = client % 2 == 0 ? users : [.. users.Reverse()];
                var operations = order.Select(_ => Guid.CreateVersion7()).ToArray();
                await bench.DoAsync(s =>
                {
                    Interlocked.Increment(ref runs);
                    return bench.Ledger.HoldAsync(s, [.. order.Zip(operations, (u, o) => new HoldOrder(o, u, Micro.FromCredits(1), null))], default);
                });
                await bench.DoAsync(s =>
                {
                    Interlocked.Increment(ref runs);
                    return bench.Ledger.SettleAsync(s, [.. operations.Reverse().Select(o => new Settlement(o, Micro.FromCredits(1), "x"))], default);
                });
            }
        })));

        Assert.Equal(32 * 5 * 2, runs); // nothing was run again
    }

    /// <summary>F03, F12: the session dies at a random step of a unit; the unit is retried whole, or never was.</summary>
    [Fact]
    public async Task Sessions_ended_in_the_middle_of_transactions_leave_no_half_of_anything()
    {
        await using var bench = await LedgerBench.StartAsync();
        var users = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => bench.OpenAsync(10_000)));
        var name = new NpgsqlConnectionStringBuilder(bench.Database.ConnectionString).Database;
        var (done, charged) = (0, 0m);
        using var stop = new CancellationTokenSource();
        var killer = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await bench.SqlAsync(
                    $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND application_name = 'aimake-jobs' ORDER BY random() LIMIT 2");
                await Task.Yield();
            }
        });

        await Task.WhenAll(users.Select(user => Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                var operation = Guid.CreateVersion7();
                try
                {
                    var step = 0;
                    await bench.DoAsync(s => bench.Ledger.HoldAsync(s, [new(operation, user, Micro.FromCredits(2), null)], default));
                    step = 1;
                    await bench.DoAsync(s => bench.Ledger.SettleAsync(s, [new(operation, Micro.FromCredits(1), "x")], default));
                    Interlocked.Add(ref done, step);
                }
                catch (DatabaseFaultException e) when (e.Fault.Code == FaultCodes.DatabaseUnavailable)
                {
                    // Told that it is unknown: the books decide.
                }
            }
        })));
        await stop.CancelAsync();
        await killer;

        foreach (var user in users)
        {
            charged += (await bench.BookAsync(user)).GetValueOrDefault("spend");
            var (available, held) = await bench.BalanceAsync(user);
            Assert.Equal(10_000 - (await bench.BookAsync(user)).GetValueOrDefault("spend"), available + held);
        }

        Assert.True(done > 0 && charged >= done, $"{done} acknowledged, {charged} charged");
    }
}
