using AIMake.Platform.Database;
using AIMake.Usage;
using Npgsql;

namespace AIMake.Tests.Usage;

public sealed class UsageRollupTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly Today = new(2026, 11, 20);

    [Fact]
    public async Task Every_answer_is_the_same_before_and_after_the_sums_are_made()
    {
        await using var books = await Books.OpenAsync();
        var user = Guid.CreateVersion7();
        await books.RecordAsync(Books.Event(user, Noon), Books.Event(user, Noon, "speech", "voice"), Books.Event(Guid.CreateVersion7(), Noon));

        var before = await books.TotalAsync(user, Today, Today);
        Assert.Equal(3, await books.RollUpAsync());
        var after = await books.TotalAsync(user, Today, Today);

        Assert.Equal(2, before.Count);
        Assert.Equal(Told(before), Told(after));
        Assert.Equal(0, await books.RollUpAsync());
        Assert.Equal(Told(before), Told(await books.TotalAsync(user, Today, Today)));
    }

    [Fact]
    public async Task Who_drew_a_number_early_and_commits_late_is_counted()
    {
        await using var books = await Books.OpenAsync();
        var user = Guid.CreateVersion7();
        await using var late = await books.Database.Source(DbPurpose.Jobs).OpenConnectionAsync();
        await using var open = await late.BeginTransactionAsync();
        await Books.RecordAsync(new DbSession(late, open), Books.Event(user, Noon));
        await books.RecordAsync(Books.Event(user, Noon));

        Assert.Equal(0, await books.RollUpOnceAsync()); // the fence waits for the open transaction
        Assert.Equal(1, (await books.TotalAsync(user, Today, Today)).Count); // the answer does not
        await open.CommitAsync();

        Assert.Equal(2, (await books.TotalAsync(user, Today, Today)).Count);
        Assert.Equal(2, await books.RollUpAsync());
        Assert.Equal(2, (await books.TotalAsync(user, Today, Today)).Count);
    }

    [Fact]
    public async Task Two_nodes_at_once_count_everything_once_while_it_is_being_written()
    {
        await using var books = await Books.OpenAsync();
        var user = Guid.CreateVersion7();
        using var written = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                await books.RecordAsync(Books.Event(user, Noon), Books.Event(user, Noon.AddDays(-i % 3), "speech"));
            }
        })).ToArray();
        var nodes = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            var counted = 0L;
            while (!written.IsCancellationRequested)
            {
                counted += await books.RollUpOnceAsync(bite: 7);
            }

            return counted;
        })).ToArray();

        await Task.WhenAll(writers);
        await written.CancelAsync();
        var sum = (await Task.WhenAll(nodes)).Sum() + await books.RollUpAsync() + await books.RollUpAsync();

        Assert.Equal(480, sum);
        Assert.Equal(480, (await books.TotalAsync(user, Today.AddDays(-3), Today)).Count);
        Assert.Equal(480L, (long)await books.ScalarAsync<decimal>("SELECT sum(count) FROM usage.daily"));
    }

    [Fact]
    public async Task A_run_cut_off_in_the_middle_leaves_nothing_half_counted()
    {
        await using var books = await Books.OpenAsync();
        var user = Guid.CreateVersion7();
        await books.RecordAsync(Books.Event(user, Noon), Books.Event(user, Noon));
        await books.RollUpOnceAsync(bite: 1);

        await Assert.ThrowsAsync<InvalidOperationException>(() => books.Database.TransactAsync(
            DbPurpose.Jobs,
            async s =>
            {
                await s.QueryAsync<object>(UsageSql.RollUp, new { limit = 10 }, default);
                throw new InvalidOperationException("cut off");
            },
            default));

        Assert.Equal(2, (await books.TotalAsync(user, Today, Today)).Count);
        await books.RollUpAsync();
        Assert.Equal(2, (await books.TotalAsync(user, Today, Today)).Count);
        Assert.Equal(2L, (long)await books.ScalarAsync<decimal>("SELECT sum(count) FROM usage.daily"));
    }

    [Fact]
    public async Task Summing_after_other_work_in_the_same_transaction_is_refused()
    {
        await using var books = await Books.OpenAsync();

        var refused = await Assert.ThrowsAsync<PostgresException>(() => books.Database.TransactAsync(
            DbPurpose.Jobs,
            async s =>
            {
                await Books.RecordAsync(s, Books.Event(Guid.CreateVersion7(), Noon));
                await s.QueryAsync<object>(UsageSql.RollUp, new { limit = 10 }, default);
            },
            default));

        Assert.Equal("25001", refused.SqlState);
    }

    [Fact]
    public async Task A_mark_from_another_server_is_set_anew()
    {
        await using var books = await Books.OpenAsync();
        var user = Guid.CreateVersion7();
        await books.RecordAsync(Books.Event(user, Noon));
        await books.ScalarAsync<long>("UPDATE usage.rollup SET fence = 1, fence_xid = '9000000000000' RETURNING 1::bigint"); // as a restored dump brings it
        await books.RecordAsync(Books.Event(user, Noon));

        Assert.Equal(2, await books.RollUpAsync());
        Assert.Equal(2, (await books.TotalAsync(user, Today, Today)).Count);
    }

    [Fact]
    public async Task Days_and_months_are_those_of_UTC_wherever_the_server_and_the_database_stand()
    {
        await using var books = await Books.OpenAsync();
        var user = Guid.CreateVersion7();
        var shanghai = TimeSpan.FromHours(8);
        await books.RecordAsync(
            Books.Event(user, new DateTimeOffset(2026, 10, 31, 23, 59, 59, 999, TimeSpan.Zero), credits: 1),
            Books.Event(user, new DateTimeOffset(2026, 11, 1, 7, 59, 59, shanghai), credits: 2), // still October in UTC
            Books.Event(user, new DateTimeOffset(2026, 11, 1, 8, 0, 0, shanghai), credits: 4),
            Books.Event(user, new DateTimeOffset(2026, 11, 30, 23, 0, 0, TimeSpan.FromHours(-5)), credits: 8)); // already December
        var name = new NpgsqlConnectionStringBuilder(books.ConnectionString).Database;
        await books.ScalarAsync<long>($"ALTER DATABASE {name} SET timezone = 'Pacific/Kiritimati'; SELECT 1::bigint");
        NpgsqlConnection.ClearPool(books.Database.Source(DbPurpose.Jobs).CreateConnection());
        await using var elsewhere = new Database(books.ConnectionString, new DatabaseOptions { JobConnections = 2, HotConnections = 2 });
        var query = new UsageQuery(user, new(2026, 10, 1), new(2026, 12, 31), null, null, WithCost: false);
        var statistics = new UsageStatistics(elsewhere, new UsageOptions(), books.Clock);

        for (var rolled = 0; rolled < 2; rolled++)
        {
            var months = await statistics.MonthlyAsync(query, default);
            var days = await statistics.DailyAsync(query, default);
            var november = await statistics.TotalAsync(query with { From = new(2026, 11, 1), To = new(2026, 11, 30) }, default);

            Assert.Equal([("2026-10", 3m), ("2026-11", 4m), ("2026-12", 8m)], months.Items.Select(m => (m.Period, m.Credits.Credits)));
            Assert.Equal(["2026-10-31", "2026-11-01", "2026-12-01"], days.Items.Select(d => d.Period));
            Assert.Equal(4m, november.Credits.Credits);
            await new UsageRollup(elsewhere, Microsoft.Extensions.Logging.Abstractions.NullLogger<UsageRollup>.Instance).RunOnceAsync(100, default);
        }
    }

    /// <summary>Any events, summed in any bites at any moments, give what adding them up gives, for any span and filter.</summary>
    [Fact]
    public async Task Sums_are_what_adding_up_gives()
    {
        await using var books = await Books.OpenAsync();
        Guid[] users = [Guid.CreateVersion7(), Guid.CreateVersion7()];
        var random = new Random(20261120);
        var all = new List<UsageEvent>();
        for (var round = 0; round < 30; round++)
        {
            var batch = Enumerable.Range(0, random.Next(1, 12)).Select(_ => Books.Event(
                users[random.Next(2)], Noon.AddHours(-random.Next(24 * 70)), random.Next(2) == 0 ? "chat" : "image", $"m{random.Next(3)}", $"p{random.Next(2)}",
                credits: random.Next(1000) / 1000m) with { CostMicroUsd = random.Next(3) == 0 ? null : random.Next(5000) }).ToArray();
            await books.RecordAsync(batch);
            all.AddRange(batch);
            if (random.Next(3) == 0)
            {
                await books.RollUpAsync(bite: random.Next(1, 9));
            }

            var (from, to) = (Today.AddDays(-random.Next(70)), Today.AddDays(-random.Next(5)));
            (from, to) = from <= to ? (from, to) : (to, from);
            var (service, model) = (random.Next(2) == 0 ? "chat" : null, random.Next(2) == 0 ? "m1" : null);
            Guid? user = random.Next(3) == 0 ? null : users[random.Next(2)];
            var wanted = all.Where(e => (user is null || e.UserId == user) && (service is null || e.Kind == service) && (model is null || e.Model == model)
                && DateOnly.FromDateTime(e.At.UtcDateTime) is var day && day >= from && day <= to).ToList();

            var total = await books.TotalAsync(user, from, to, service, model);
            var series = await books.Statistics.DailyAsync(new UsageQuery(user, from, to, service, model, true), default);

            Assert.Equal(
                (wanted.Count, wanted.Sum(e => e.Charged.Credits), wanted.Sum(e => e.CostMicroUsd ?? 0) / 1_000_000m, wanted.Count(e => e.CostMicroUsd is null)),
                (total.Count, total.Credits.Credits, total.CostUsd, total.UnknownCosts));
            Assert.Equal((total.Count, total.Credits.Credits), (series.Items.Sum(i => i.Count), series.Items.Sum(i => i.Credits.Credits)));
            Assert.Equal(wanted.Select(e => DateOnly.FromDateTime(e.At.UtcDateTime)).Distinct().Count(), series.Items.Count);
        }
    }

    private static string Told(UsageView view) => System.Text.Json.JsonSerializer.Serialize(view);
}
