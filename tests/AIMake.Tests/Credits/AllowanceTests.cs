using AIMake.Credits;
using AIMake.Tests.Hosting;
using FsCheck;
using FsCheck.Fluent;

namespace AIMake.Tests.Credits;

/// <summary>Months counted from the opening of the account, each with its allowance, exactly once.</summary>
public sealed class AllowanceTests
{
    [Fact]
    public async Task An_account_opened_on_the_31st_renews_on_the_last_day_of_short_months_and_on_the_31st_again()
    {
        var clock = new MovableClock(new(2027, 1, 31, 8, 30, 0, TimeSpan.Zero));
        await using var bench = await LedgerBench.StartAsync(clock);
        var user = await bench.OpenAsync(0, "free");

        foreach (var (month, day) in new[] { (2, 28), (3, 31), (4, 30), (5, 31), (6, 30), (7, 31), (8, 31), (9, 30), (10, 31), (11, 30), (12, 31) })
        {
            var end = new DateTimeOffset(2027, month, day, 8, 30, 0, TimeSpan.Zero);
            Assert.Equal(end, await PeriodEndAsync(bench, user));
            clock.Now = end.AddTicks(-10);
            Assert.Equal(0, await bench.Allowances.RunOnceAsync(default));
            clock.Now = end;
            Assert.Equal(1, await bench.Allowances.RunOnceAsync(default));
            Assert.Equal((500m, 0m), await bench.BalanceAsync(user));
        }
    }

    [Theory]
    [InlineData(2028, 2, 29, "2029-02-28", "2032-02-29")]
    [InlineData(2027, 12, 31, "2028-02-29", "2028-03-31")]
    [InlineData(2027, 3, 28, "2027-10-28", "2028-03-28")] // European summer time begins and ends in between: UTC does not care
    public async Task Leap_days_and_clock_changes_do_not_move_the_anchor(int year, int month, int day, string one, string two)
    {
        var clock = new MovableClock(new(year, month, day, 0, 30, 0, TimeSpan.Zero));
        await using var bench = await LedgerBench.StartAsync(clock);
        var user = await bench.OpenAsync(0, "free");
        var starts = new HashSet<string>();

        while (clock.Now < new DateTimeOffset(2033, 1, 1, 0, 0, 0, TimeSpan.Zero))
        {
            clock.Now = await PeriodEndAsync(bench, user);
            starts.Add(clock.Now.ToString("yyyy-MM-dd"));
            await bench.Allowances.RunOnceAsync(default);
        }

        Assert.Contains(one, starts);
        Assert.Contains(two, starts);
    }

    /// <summary>Whoever looks, whenever, as often as they like: one grant for each period that anybody lived to see.</summary>
    [Fact]
    public async Task Over_five_years_every_period_is_granted_once_whatever_touches_the_account()
    {
        await using var bench = await LedgerBench.StartAsync(new MovableClock(default));
        var clock = (MovableClock)bench.Time;
        var hours = Gen.Choose(0, 24 * 365).Sample(12);
        var seeds = Gen.Choose(0, int.MaxValue - 1).Sample(12);
        foreach (var (hour, seed) in hours.Zip(seeds))
        {
            clock.Now = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(hour);
            var (random, anchor, user) = (new Random(seed), clock.Now, Guid.Empty);
            user = await bench.OpenAsync(0, "free");
            var expected = new HashSet<int> { 0 };
            while (clock.Now < anchor.AddYears(5))
            {
                clock.Now += TimeSpan.FromHours(random.Next(1, random.Next(4) == 0 ? 24 * 70 : 24 * 12));
                switch (random.Next(3))
                {
                    case 0:
                        await Task.WhenAll(bench.Allowances.RunOnceAsync(default), bench.Allowances.RunOnceAsync(default));
                        break;
                    case 1:
                        await bench.DoAsync(s => s.SingleAsync<bool>(CreditsSql.Touch, new { user, now = (DateTimeOffset?)clock.Now }, default));
                        break;
                    default:
                        var amount = random.Next(1, 501);
                        if (await bench.HoldAsync(user, amount, out var operation) is null)
                        {
                            await (random.Next(2) == 0 ? bench.SettleAsync(operation, random.Next(0, amount + 1)) : bench.VoidAsync(operation));
                        }

                        break;
                }

                expected.Add(Period(anchor, clock.Now));
            }

            var granted = (await bench.RowAsync<DateTime[]>(
                $"SELECT array_agg(effective_at AT TIME ZONE 'UTC' ORDER BY effective_at) FROM credits.grants WHERE user_id = '{user}'", 1))[0];
            Assert.True(granted.Length == expected.Count, $"seed {seed}, hour {hour}: {granted.Length} grants for {expected.Count} periods");
            Assert.Equal(expected.Order(), granted.Select(g => Period(anchor, new DateTimeOffset(g, TimeSpan.Zero))));
            await LedgerAssert.CleanAsync(bench.Database, clock);
        }
    }

    [Fact]
    public async Task Ten_nodes_that_see_the_new_month_together_grant_it_once()
    {
        var clock = new MovableClock(new(2027, 5, 10, 0, 0, 0, TimeSpan.Zero));
        await using var bench = await LedgerBench.StartAsync(clock);
        var users = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => bench.OpenAsync(0, "free")));
        clock.Now = clock.Now.AddMonths(1);

        await Task.WhenAll(Enumerable.Range(0, 10).Select<int, Task>(i => i % 2 == 0
            ? bench.Allowances.RunOnceAsync(default)
            : Task.WhenAll(users.Select(u => bench.HoldAsync(u, 1, out _)))));

        Assert.All(users, user => Assert.Equal(1000m, bench.BookAsync(user).GetAwaiter().GetResult()["grant"]));
    }

    [Fact]
    public async Task What_was_left_of_last_month_is_gone_when_the_new_month_begins_except_what_is_held()
    {
        var clock = new MovableClock(new(2027, 5, 10, 0, 0, 0, TimeSpan.Zero));
        await using var bench = await LedgerBench.StartAsync(clock);
        var user = await bench.OpenAsync(7, "free");
        Assert.Null(await bench.HoldAsync(user, 100, out var operation));
        clock.Now = clock.Now.AddMonths(1);

        Assert.Equal(1, await bench.Allowances.RunOnceAsync(default));
        Assert.Equal((507m, 100m), await bench.BalanceAsync(user));
        await bench.SettleAsync(operation, 60);

        Assert.Equal((507m, 0m), await bench.BalanceAsync(user));
        Assert.Equal(440m, (await bench.BookAsync(user))["expire"]);
        await LedgerAssert.CleanAsync(bench.Database, clock, timely: true);
    }

    [Fact]
    public async Task A_changed_plan_counts_from_the_next_period_and_a_closed_account_gets_nothing()
    {
        var clock = new MovableClock(new(2027, 5, 10, 0, 0, 0, TimeSpan.Zero));
        await using var bench = await LedgerBench.StartAsync(clock);
        var (stays, leaves) = (await bench.OpenAsync(0, "free"), await bench.OpenAsync(0, "free"));
        bench.Plans.Set("free", 30);
        await bench.DoAsync(async s =>
        {
            await new ClosedAccounts().DeleteAsync(s, leaves, default);
            return true;
        });

        await bench.Allowances.RunOnceAsync(default);
        Assert.Equal((500m, 0m), await bench.BalanceAsync(stays));
        clock.Now = clock.Now.AddMonths(1);
        await bench.Allowances.RunOnceAsync(default);

        Assert.Equal((30m, 0m), await bench.BalanceAsync(stays));
        Assert.Equal((0m, 0m), await bench.BalanceAsync(leaves));
    }

    private static int Period(DateTimeOffset anchor, DateTimeOffset at) =>
        Enumerable.Range(0, 120).Last(n => anchor.AddMonths(n) <= at);

    private static async Task<DateTimeOffset> PeriodEndAsync(LedgerBench bench, Guid user) =>
        new((await bench.RowAsync<DateTime>($"SELECT period_ends AT TIME ZONE 'UTC' FROM credits.accounts WHERE user_id = '{user}'", 1))[0], TimeSpan.Zero);

    private sealed class MovableClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
