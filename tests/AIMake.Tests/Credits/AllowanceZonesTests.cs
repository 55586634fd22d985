using AIMake.Tests.Hosting;

namespace AIMake.Tests.Credits;

/// <summary>
/// F22: allowances that began in moments a wall clock does not have, or has twice, and on days that not every month has. Two nodes work all the
/// time, and the database thinks in the zone of the place.
/// </summary>
public sealed class AllowanceZonesTests
{
    private const int Months = 60;

    [Theory]
    [InlineData("Europe/Berlin", "2027-03-28T02:30")] // not on any clock there
    [InlineData("Europe/Berlin", "2027-10-31T02:30")] // twice
    [InlineData("Australia/Lord_Howe", "2027-04-04T01:45")] // twice: half an hour back
    [InlineData("Australia/Lord_Howe", "2027-10-03T02:15")] // not on any clock there
    [InlineData("America/Santiago", "2027-09-05T00:15")] // the day begins at one
    [InlineData("UTC", "2028-02-29T12:00")]
    [InlineData("Europe/Berlin", "2027-01-29T00:10")] // the 28th in UTC
    [InlineData("UTC", "2027-01-30T23:59")]
    [InlineData("America/Santiago", "2027-01-31T23:30")]
    public async Task F22_over_five_years_there_is_one_reset_in_each_window_on_two_nodes_counted_from_the_original_day(string zone, string wall)
    {
        var place = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var anchor = InUtc(place, DateTime.Parse(wall, System.Globalization.CultureInfo.InvariantCulture));
        var clock = new MovedClock { Now = anchor };
        await using var bench = await LedgerBench.StartAsync(clock);
        // For every connection from now on, those of the other node among them.
        await bench.SqlAsync($"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone TO %L', current_database(), '{zone}'); END $$");
        await using var other = new Node(LedgerBench.On(bench.Database.ConnectionString, clock));
        var user = await bench.OpenAsync(0, "free");

        for (var month = 1; month <= Months; month++)
        {
            var start = new DateTimeOffset(anchor.UtcDateTime.AddMonths(month)); // from the original day: never 31, 28, 28
            foreach (var (now, due) in new[] { (start.AddTicks(-10), 0), (start, 1), (start.AddHours(1), 0) })
            {
                clock.Now = now;
                var reset = await Task.WhenAll(bench.Allowances.RunOnceAsync(default), other.Bench.Allowances.RunOnceAsync(default));
                Assert.True(reset.Sum() == due, $"{reset.Sum()} resets at {now:O}, {due} expected");
            }
        }

        var grants = await bench.RowAsync<long>($"SELECT count(*), count(DISTINCT effective_at), count(DISTINCT expires_at) FROM credits.grants WHERE user_id = '{user}'", 3);
        Assert.Equal([Months + 1L, Months + 1L, Months + 1L], grants); // 1.0 in each window
        Assert.Equal(0L, (await bench.RowAsync<long>(
            $"SELECT count(*) FROM (SELECT expires_at, lead(effective_at) OVER (ORDER BY effective_at) AS next FROM credits.grants WHERE user_id = '{user}') g WHERE next <> expires_at", 1))[0]);
        Assert.Equal((500m, 0m), await bench.BalanceAsync(user));
    }

    /// <summary>As a clock is read by somebody there: what it skips is an hour later, what it shows twice is the first time.</summary>
    private static DateTimeOffset InUtc(TimeZoneInfo place, DateTime wall)
    {
        if (place.IsInvalidTime(wall))
        {
            wall = wall.AddHours(1);
        }

        var offset = place.IsAmbiguousTime(wall) ? place.GetAmbiguousTimeOffsets(wall).Max() : place.GetUtcOffset(wall);
        return new DateTimeOffset(wall, offset).ToUniversalTime();
    }

    private sealed class MovedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }

    /// <summary>Another on the same database; the first one's checker is enough.</summary>
    private sealed class Node(LedgerBench bench) : IAsyncDisposable
    {
        public LedgerBench Bench => bench;

        public ValueTask DisposeAsync() => bench.Database.DisposeAsync();
    }
}
