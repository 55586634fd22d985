using AIMake.Credits;
using AIMake.Platform.Database;
using AIMake.Providers;
using AIMake.Usage;

namespace AIMake.Tests.Usage;

public sealed class UsageBookTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly Today = new(2026, 11, 20);

    [Fact]
    public async Task An_operation_written_twice_counts_once_whatever_the_second_says()
    {
        await using var books = await Books.OpenAsync();
        var (user, operation) = (Guid.CreateVersion7(), Guid.CreateVersion7(Noon));
        var first = Books.Event(user, Noon, operation: operation);

        await books.RecordAsync(first);
        await books.RecordAsync(first, Books.Event(user, Noon.AddMonths(2), operation: operation, credits: 9), Books.Event(user, Noon));

        var total = await books.TotalAsync(user, new(2026, 1, 1), new(2027, 12, 31));
        Assert.Equal((2, 2m), (total.Count, total.Credits.Credits));
        Assert.Equal(2, await books.RollUpAsync());
        Assert.Equal((2, 2m), ((await books.TotalAsync(user, new(2026, 1, 1), new(2027, 12, 31))).Count, total.Credits.Credits));
    }

    [Fact]
    public async Task Two_batches_with_the_same_operations_in_other_orders_do_not_die_together()
    {
        await using var books = await Books.OpenAsync();
        var user = Guid.CreateVersion7();
        var events = Enumerable.Range(0, 200).Select(_ => Books.Event(user, Noon)).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => books.RecordAsync(i % 2 == 0 ? events : [.. events.Reverse()])));

        Assert.Equal(200, (await books.TotalAsync(user, Today, Today)).Count);
    }

    [Fact]
    public async Task What_the_charge_takes_back_is_not_in_the_book()
    {
        await using var books = await Books.OpenAsync();
        var user = Guid.CreateVersion7();

        await Assert.ThrowsAsync<InvalidOperationException>(() => books.Database.TransactAsync(
            DbPurpose.Jobs,
            async s =>
            {
                await Books.RecordAsync(s, Books.Event(user, Noon));
                throw new InvalidOperationException();
            },
            CancellationToken.None));

        Assert.Equal(0, (await books.TotalAsync(user, Today, Today)).Count);
        Assert.Equal(0, await books.RollUpAsync());
    }

    [Fact]
    public async Task Nothing_absurd_stops_the_charge()
    {
        await using var books = await Books.OpenAsync();
        var user = Guid.CreateVersion7();
        var absurd = new ProviderUsage
        {
            InputTokens = long.MaxValue, CachedTokens = long.MinValue, OutputTokens = -1, Characters = long.MaxValue, Seconds = decimal.MaxValue,
            Count = int.MinValue, Source = UsageSource.Estimated,
        };
        var long_ = new string('m', 199) + "😀tail";

        await books.RecordAsync(
            new UsageEvent(Guid.CreateVersion7(Noon), user, Noon, "chat", "nul\0model", "", absurd, Micro.Zero, long.MaxValue, TimeSpan.MaxValue),
            new UsageEvent(Guid.CreateVersion7(Noon), user, Noon, "chat", long_, "p", absurd, Micro.Zero, -5, TimeSpan.MinValue),
            new UsageEvent(Guid.NewGuid(), user, Noon, "chat", "no time in its id", "p", ProviderUsage.None, Micro.Zero, null, TimeSpan.Zero));

        await books.RollUpAsync();
        var total = await books.TotalAsync(user, Today, Today);
        Assert.Equal((3, 0L, 1L), (total.Count, total.Tokens.Output, total.UnknownCosts));
        Assert.Equal(["nulmodel", new string('m', 199), "no time in its id"], total.Models.Select(m => m.Model).OrderBy(m => m == "nulmodel" ? 0 : m[0] == 'm' ? 1 : 2));
    }

    [Fact]
    public async Task A_users_own_key_costs_neither_of_us()
    {
        await using var books = await Books.OpenAsync();
        var user = Guid.CreateVersion7();

        await books.RecordAsync(Books.Event(user, Noon) with { OwnKey = true });

        foreach (var rolled in new[] { 0L, 1L })
        {
            Assert.Equal(rolled, rolled == 0 ? 0 : await books.RollUpAsync());
            var total = await books.TotalAsync(user, Today, Today);
            Assert.Equal((1, 1, 0m, 0m, 0L), (total.Count, total.OwnKeyCount, total.Credits.Credits, total.CostUsd, total.UnknownCosts));
        }
    }

    /// <summary>The last note counts, at what the ledger charged; a late word of the server that was thought dead changes nothing.</summary>
    [Fact]
    public async Task A_call_whose_server_died_is_in_the_book_as_far_as_it_had_come()
    {
        await using var books = await Books.OpenAsync();
        var user = Guid.CreateVersion7();
        var (dead, own, ended, unheard) = (Books.Event(user, Noon), Books.Event(user, Noon) with { OwnKey = true }, Books.Event(user, Noon), Books.Event(user, Noon));
        await books.NoteAsync(dead, own, ended);
        await books.NoteAsync(dead with { At = Noon.AddMinutes(1), Usage = dead.Usage with { OutputTokens = 50 }, CostMicroUsd = 9_000 });
        await books.DropNotesAsync(ended.Operation);

        await books.SweptAsync((dead.Operation, 0.75m), (own.Operation, 0m), (ended.Operation, 1m), (unheard.Operation, 1m));
        await books.SweptAsync((dead.Operation, 0.75m));
        await books.RecordAsync(dead with { Charged = Micro.FromCredits(9) });

        var total = await books.TotalAsync(user, Today, Today);
        Assert.Equal((2, 1, 0.75m, 55L, 20L, 0.009m), (total.Count, total.OwnKeyCount, total.Credits.Credits, total.Tokens.Output, total.Tokens.Input, total.CostUsd));
        Assert.Equal(2L, await books.ScalarAsync<long>("SELECT count(*) FROM usage.events WHERE cut"));
        Assert.Equal(0L, await books.ScalarAsync<long>("SELECT count(*) FROM usage.under_way"));
        Assert.Equal(2, await books.RollUpAsync());
    }

    [Fact]
    public async Task Notes_of_calls_that_ended_long_ago_and_of_users_who_left_are_taken_away()
    {
        await using var books = await Books.OpenAsync();
        var (staying, leaving) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var now = books.Clock.GetUtcNow();
        await books.NoteAsync(Books.Event(staying, now.AddDays(-31)), Books.Event(staying, now.AddDays(-29)), Books.Event(leaving, now));

        await books.AddMonthsAsync();
        await books.Database.TransactAsync(DbPurpose.Hot, s => new UsageUserData().DeleteAsync(s, leaving, default), default);

        Assert.Equal([staying], await books.ScalarAsync<Guid[]>("SELECT array_agg(user_id) FROM usage.under_way"));
    }

    [Fact]
    public async Task Events_of_a_month_lie_in_its_partition_and_those_that_came_too_early_are_moved()
    {
        await using var books = await Books.OpenAsync();
        var user = Guid.CreateVersion7();
        var last = new DateTimeOffset(2028, 2, 29, 23, 59, 59, 999, TimeSpan.Zero);
        await books.RecordAsync(Books.Event(user, last), Books.Event(user, last.AddMilliseconds(1)), Books.Event(user, last.AddMonths(40), operation: Guid.NewGuid()));
        Assert.Equal(3L, await books.ScalarAsync<long>("SELECT count(*) FROM usage.events_default"));
        await books.RollUpAsync();

        books.Clock.Advance(last - books.Clock.GetUtcNow());
        await Task.WhenAll(books.AddMonthsAsync(), books.AddMonthsAsync()); // two nodes at once

        Assert.Equal(1L, await books.ScalarAsync<long>("SELECT count(*) FROM usage.events_2028_02"));
        Assert.Equal(1L, await books.ScalarAsync<long>("SELECT count(*) FROM usage.events_2028_03"));
        Assert.Equal(1L, await books.ScalarAsync<long>("SELECT count(*) FROM usage.events_default"));
        Assert.Equal(0, await books.RollUpAsync()); // moved, not new
        Assert.Equal(0, await books.AddMonthsAsync());
        Assert.Equal(3, (await books.TotalAsync(user, new(2028, 1, 1), new(2032, 12, 31))).Count);
    }

    [Fact]
    public async Task A_month_is_made_while_others_write()
    {
        await using var books = await Books.OpenAsync();
        var user = Guid.CreateVersion7();
        var then = new DateTimeOffset(2031, 5, 31, 23, 59, 59, 900, TimeSpan.Zero);
        books.Clock.Advance(then - books.Clock.GetUtcNow());

        var writing = Enumerable.Range(0, 6).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                await books.RecordAsync(Books.Event(user, then.AddMilliseconds((w * 40) + i)));
            }
        })).ToArray();
        await books.AddMonthsAsync();
        await Task.WhenAll(writing);
        await books.AddMonthsAsync();

        Assert.Equal(0L, await books.ScalarAsync<long>("SELECT count(*) FROM usage.events_default"));
        Assert.Equal(240, (await books.TotalAsync(user, new(2031, 5, 31), new(2031, 6, 1))).Count);
        Assert.Equal(100L, await books.ScalarAsync<long>("SELECT count(*) FROM usage.events_2031_05"));
    }

    [Fact]
    public async Task A_leaving_user_takes_the_name_along_and_leaves_the_sums()
    {
        await using var books = await Books.OpenAsync();
        var (anna, ben) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await books.RecordAsync(Books.Event(anna, Noon), Books.Event(ben, Noon), Books.Event(anna, Noon) with { ApiKeyId = Guid.CreateVersion7() });
        await books.RollUpAsync();
        await books.RecordAsync(Books.Event(anna, Noon), Books.Event(ben, Noon));

        foreach (var leaving in new[] { anna, ben })
        {
            await books.Database.TransactAsync(DbPurpose.Hot, s => new UsageUserData().DeleteAsync(s, leaving, default), default);
        }

        await books.RollUpAsync();
        Assert.Equal((0, 0), ((await books.TotalAsync(anna, Today, Today)).Count, (await books.TotalAsync(ben, Today, Today)).Count));
        Assert.Equal((5, 5m, 0.01m), ((await books.TotalAsync(null, Today, Today)).Count, (await books.TotalAsync(null, Today, Today)).Credits.Credits, (await books.TotalAsync(null, Today, Today)).CostUsd));
        Assert.Equal(0L, await books.ScalarAsync<long>("SELECT count(*) FROM usage.events WHERE api_key_id IS NOT NULL OR user_id <> '00000000-0000-0000-0000-000000000000'"));
        Assert.Equal(1L, await books.ScalarAsync<long>("SELECT count(*) FROM usage.daily"));
    }
}
