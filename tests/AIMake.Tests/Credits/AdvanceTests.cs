using AIMake.Credits;
using AIMake.Tests.Hosting;
using Npgsql;

namespace AIMake.Tests.Credits;

/// <summary>Credits set aside ahead: opened, drawn from, posted, swept.</summary>
public sealed class AdvanceTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private readonly ManualTime _time = new();
    private LedgerBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await LedgerBench.StartAsync(_time);

    public async ValueTask DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task An_advance_takes_a_sixteenth_of_what_is_there_at_most_and_nothing_where_that_is_worth_few_calls()
    {
        var user = await _bench.OpenAsync(160);

        Assert.Equal(2, await OpenAsync(user, ceiling: 0.5m, wanted: 2));
        Assert.Equal(9.875m, await OpenAsync(user, ceiling: 1, wanted: 1000)); // of 158
        Assert.Equal(0, await OpenAsync(user, ceiling: 3, wanted: 1000));
        Assert.Equal(0, await OpenAsync(await _bench.OpenAsync(0), 1, 1000));
        Assert.Equal(0, await OpenAsync(Guid.CreateVersion7(), 1, 1000));

        Assert.Equal((148.125m, 11.875m), await _bench.BalanceAsync(user));
    }

    [Fact]
    public async Task The_same_advance_asked_for_again_is_the_same()
    {
        var user = await _bench.OpenAsync(160);
        var id = Guid.CreateVersion7();

        Assert.Equal(10, await OpenAsync(user, 1, 1000, id));
        Assert.Equal(10, await OpenAsync(user, 1, 1000, id));

        Assert.Equal((150m, 10m), await _bench.BalanceAsync(user));
    }

    [Fact]
    public async Task Draws_are_posted_in_the_order_of_the_calls_over_the_lots_in_the_order_they_burn()
    {
        var user = await _bench.OpenAsync(0);
        await _bench.GrantAsync(new GrantOrder(user, Micro.FromCredits(3), "promotion", $"a:{user}", 20, _time.GetUtcNow().AddDays(1), ""));
        await _bench.GrantAsync(new GrantOrder(user, Micro.FromCredits(157), "pack", $"b:{user}", 50, null, ""));
        var id = Guid.CreateVersion7();
        await OpenAsync(user, 1, 10, id);
        var calls = Enumerable.Range(0, 3).Select(_ => Guid.CreateVersion7()).ToArray();

        foreach (var (call, credits) in calls.Zip([2, 2.5m, 0.25m]))
        {
            await DrawAsync(id, (call, credits));
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal((150m, 10m), await _bench.BalanceAsync(user));
        await PostAsync(id, null);

        Assert.Equal((150m, 5.25m), await _bench.BalanceAsync(user));
        Assert.Equal("2.000000 promotion,1.000000 promotion,1.500000 pack,0.250000 pack", await EntriesAsync(user));
        await LedgerAssert.CleanAsync(_bench.Database, _time);

        await PostAsync(id, 0);
        Assert.Equal((155.25m, 0m), await _bench.BalanceAsync(user));
    }

    [Fact]
    public async Task A_call_that_draws_again_before_or_after_the_posting_is_charged_once()
    {
        var user = await _bench.OpenAsync(160);
        var (id, call, other) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await OpenAsync(user, 1, 10, id);

        await DrawAsync(id, (call, 1));
        await DrawAsync(id, (call, 1), (other, 1));
        await PostAsync(id, null);
        await DrawAsync(id, (call, 1));
        await PostAsync(id, 0);
        await DrawAsync(id, (other, 1)); // charged already: that the advance has ended does not matter

        Assert.Equal((158m, 0m), await _bench.BalanceAsync(user));
    }

    [Fact]
    public async Task More_than_is_there_is_refused_and_so_is_a_draw_from_what_has_ended_and_then_none_of_the_batch_counts()
    {
        var user = await _bench.OpenAsync(160);
        var (id, ended) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await OpenAsync(user, 1, 4, id);
        await OpenAsync(user, 1, 4, ended);
        await PostAsync(ended, 0);

        await Assert.ThrowsAsync<InvalidOperationException>(() => DrawAsync(id, (Guid.CreateVersion7(), 3), (Guid.CreateVersion7(), 2)));
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => _bench.DoAsync(async s =>
        {
            await _bench.Ledger.DrawAsync(
                s, [new Draw(id, Guid.CreateVersion7(), Micro.FromCredits(1), "chat"), new Draw(ended, Guid.CreateVersion7(), Micro.FromCredits(1), "chat")], default);
            return true;
        }));

        Assert.True(CreditLedger.IsUnknownHold(failure));
        await PostAsync(id, 0);
        Assert.Equal((160m, 0m), await _bench.BalanceAsync(user));
    }

    [Fact]
    public async Task A_session_that_planned_while_the_book_was_empty_still_looks_draws_up_one_by_one()
    {
        var user = await _bench.OpenAsync(1600);
        var id = Guid.CreateVersion7();
        await OpenAsync(user, 1, 100, id);
        for (var round = 0; round < 4; round++)
        {
            await DrawAsync(id, [.. Enumerable.Range(0, 250).Select(_ => (Guid.CreateVersion7(), 0.01m))]);
            await PostAsync(id, 100);
        }

        var read = await _bench.DoAsync(async s =>
        {
            await _bench.Ledger.DrawAsync(s, [new Draw(id, Guid.CreateVersion7(), Micro.FromCredits(1), "chat")], CancellationToken.None);
            await using var command = new NpgsqlCommand("SELECT pg_stat_get_xact_tuples_returned('credits.entries_once'::regclass)", s.Connection, s.Transaction);
            return (long)(await command.ExecuteScalarAsync())!;
        });

        Assert.InRange(read, 0, 10);
    }

    [Fact]
    public async Task Nobody_can_draw_from_an_ordinary_hold()
    {
        var user = await _bench.OpenAsync(160);
        await _bench.HoldAsync(user, 4, out var hold);

        await Assert.ThrowsAsync<InvalidOperationException>(() => DrawAsync(hold, (Guid.CreateVersion7(), 1)));
    }

    [Fact]
    public async Task Giving_back_leaves_aside_what_running_calls_need()
    {
        var user = await _bench.OpenAsync(160);
        var id = Guid.CreateVersion7();
        await OpenAsync(user, 1, 10, id);
        await DrawAsync(id, (Guid.CreateVersion7(), 2));

        await PostAsync(id, 3);
        Assert.Equal((155m, 3m), await _bench.BalanceAsync(user));
        await DrawAsync(id, (Guid.CreateVersion7(), 3));
        await PostAsync(id, 5); // no more than there is

        Assert.Equal((155m, 0m), await _bench.BalanceAsync(user));
        await PostAsync(id, 0);
        await PostAsync(id, 5);
        Assert.Equal((155m, 0m), await _bench.BalanceAsync(user));
    }

    [Fact]
    public async Task What_a_dead_owner_drew_is_charged_and_the_rest_is_free_again()
    {
        var user = await _bench.OpenAsync(160);
        var (drawn, idle, alive) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        foreach (var id in new[] { drawn, idle, alive })
        {
            await OpenAsync(user, 0.5m, 4, id);
        }

        await DrawAsync(drawn, (Guid.CreateVersion7(), 1), (Guid.CreateVersion7(), 0.5m));
        _time.Advance(Lease / 2);
        await _bench.RenewAsync(alive, 0, Lease);
        _time.Advance(Lease / 2);

        Assert.Equal(2, await _bench.Sweeper.RunOnceAsync(CancellationToken.None));
        Assert.Equal(0, await _bench.Sweeper.RunOnceAsync(CancellationToken.None));
        Assert.Equal((154.5m, 4m), await _bench.BalanceAsync(user));
        Assert.Equal(2, (await EntriesAsync(user)).Split(',').Length);
        await LedgerAssert.CleanAsync(_bench.Database, _time, timely: true);
    }

    [Fact]
    public async Task Draws_posts_and_sweeps_in_a_race_charge_every_call_once()
    {
        await using var bench = await LedgerBench.StartAsync();
        var user = await bench.OpenAsync(1_600);
        var ids = Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7()).ToArray();
        foreach (var id in ids)
        {
            await bench.DoAsync(s => bench.Ledger.OpenAdvanceAsync(s, new AdvanceOrder(id, user, Micro.FromCredits(1), Micro.FromCredits(80), Lease), default));
        }

        var drawing = Enumerable.Range(0, 8).Select(n => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                var draws = ids.Select(id => new Draw(id, Guid.CreateVersion7(), Micro.FromCredits(0.5m), "chat")).ToArray();
                await bench.DoAsync(async s =>
                {
                    await bench.Ledger.DrawAsync(s, draws, default);
                    return true;
                });
            }
        })).ToArray();
        var posting = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!drawing.All(d => d.IsCompleted))
            {
                await bench.DoAsync(async s =>
                {
                    await bench.Ledger.PostAsync(s, [.. ids.Select(id => (id, (Micro?)null))], default);
                    return true;
                });
            }
        })).ToArray();
        await Task.WhenAll([.. drawing, .. posting]);
        await bench.DoAsync(async s =>
        {
            await bench.Ledger.PostAsync(s, [.. ids.Select(id => (id, (Micro?)Micro.Zero))], default);
            return true;
        });

        Assert.Equal((1_600m - (8 * 10 * 4 * 0.5m), 0m), await bench.BalanceAsync(user));
    }

    /// <summary>Random lives against <see cref="LedgerModel"/>: every size, every refusal, every lot.</summary>
    [Fact]
    public async Task Two_hundred_random_lives_leave_the_ledger_as_the_model_says()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            await LiveAsync(new Random(seed), seed);
        }
    }

    private async Task LiveAsync(Random random, int seed)
    {
        var user = await _bench.OpenAsync(0);
        var model = LedgerModel.Open(_time.GetUtcNow(), 0);
        var advances = new List<Guid>();
        for (var step = 0; step < 25; step++)
        {
            var now = _time.GetUtcNow();
            switch (random.Next(12))
            {
                case < 3:
                    var (amount, priority, key) = (random.Next(1, 300), random.Next(2) == 0 ? 20 : 50, $"{user}:{step}");
                    DateTimeOffset? expires = random.Next(2) == 0 ? null : now.AddHours(random.Next(1, 10));
                    await _bench.GrantAsync(new GrantOrder(user, new Micro(amount), "pack", key, priority, expires, ""));
                    model.Grant(key, amount, priority, expires, now);
                    break;
                case < 6:
                    var (id, ceiling, wanted) = (Guid.CreateVersion7(), random.Next(1, 4), random.Next(1, 60));
                    var size = await _bench.DoAsync(s => _bench.Ledger.OpenAdvanceAsync(s, new AdvanceOrder(id, user, new Micro(ceiling), new Micro(wanted), TimeSpan.FromHours(3)), default));
                    Assert.Equal((seed, step, model.OpenAdvance(id, ceiling, wanted, now.AddHours(3), now)), (seed, step, size.Value));
                    if (size > Micro.Zero)
                    {
                        advances.Add(id);
                    }

                    break;
                case < 9 when advances.Count > 0:
                    var from = advances[random.Next(advances.Count)];
                    var left = model.Holds[from] is { Open: true } open ? open.Amount - open.Checkpoint : 5;
                    if (left > 0)
                    {
                        var drawn = random.Next(1, (int)left + 1);
                        var failure = await Record.ExceptionAsync(() => _bench.DoAsync(async s =>
                        {
                            await _bench.Ledger.DrawAsync(s, [new Draw(from, Guid.CreateVersion7(), new Micro(drawn), "chat")], default);
                            return true;
                        }));
                        Assert.Equal((seed, step, model.Draw(from, drawn)), (seed, step, failure is null));
                    }

                    break;
                case < 11 when advances.Count > 0:
                    var (posted, keep) = (advances[random.Next(advances.Count)], random.Next(3) switch { 0 => (long?)null, 1 => 0, _ => random.Next(20) });
                    await _bench.DoAsync(async s =>
                    {
                        await _bench.Ledger.PostAsync(s, [(posted, keep is { } k ? new Micro(k) : null)], default);
                        return true;
                    });
                    model.Post(posted, keep, now);
                    break;
                default:
                    _time.Advance(TimeSpan.FromHours(random.Next(1, 3)));
                    await _bench.Sweeper.RunOnceAsync(default);
                    foreach (var due in advances.Where(a => model.Holds[a] is { Open: true } h && h.Lease <= _time.GetUtcNow()).Order())
                    {
                        model.Post(due, 0, _time.GetUtcNow());
                    }

                    await _bench.Allowances.RunOnceAsync(default);
                    model.Refresh(_time.GetUtcNow());
                    break;
            }

            Assert.Equal((seed, step, model.Available, model.Held), (seed, step, await MicrosAsync(user, "available"), await MicrosAsync(user, "held")));
        }
    }

    private async Task<long> MicrosAsync(Guid user, string column) => (await _bench.RowAsync<long>($"SELECT {column} FROM credits.accounts WHERE user_id = '{user}'", 1))[0];

    private async Task<decimal> OpenAsync(Guid user, decimal ceiling, decimal wanted, Guid? id = null) => (await _bench.DoAsync(s => _bench.Ledger.OpenAdvanceAsync(
        s, new AdvanceOrder(id ?? Guid.CreateVersion7(), user, Micro.FromCredits(ceiling), Micro.FromCredits(wanted), Lease), default))).Credits;

    private Task<bool> DrawAsync(Guid advance, params (Guid Call, decimal Credits)[] draws) => _bench.DoAsync(async s =>
    {
        await _bench.Ledger.DrawAsync(s, [.. draws.Select(d => new Draw(advance, d.Call, Micro.FromCredits(d.Credits), "chat"))], default);
        return true;
    });

    private Task<bool> PostAsync(Guid advance, decimal? keep) => _bench.DoAsync(async s =>
    {
        await _bench.Ledger.PostAsync(s, [(advance, keep is { } k ? Micro.FromCredits(k) : null)], default);
        return true;
    });

    /// <summary>What was spent, and from which kind of grant, in the order of the book.</summary>
    private async Task<string> EntriesAsync(Guid user) => (await _bench.RowAsync<string>(
        $"SELECT string_agg(round(e.amount / 1000000.0, 6) || ' ' || g.source, ',' ORDER BY e.id) FROM credits.entries e JOIN credits.grants g ON g.id = e.grant_id WHERE e.user_id = '{user}' AND e.kind = 'spend'", 1))[0];
}
