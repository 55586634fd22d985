using AIMake.Payments;
using AIMake.Tests.Credits;

namespace AIMake.Tests.Payments;

/// <summary>F22: periods that a provider counts. They are as it says, whatever our calendar would make of them.</summary>
public sealed class PeriodZonesTests
{
    private const int Months = 60;

    [Theory]
    [InlineData("2027-01-29T10:00:00Z")]
    [InlineData("2027-01-30T10:00:00Z")]
    [InlineData("2027-01-31T10:00:00Z")]
    [InlineData("2028-02-29T23:59:59Z")]
    [InlineData("2027-03-28T00:30:00Z")] // 02:30 in Berlin, which has none
    [InlineData("2027-10-31T01:30:00Z")] // 02:30 in Berlin for the second time
    public async Task F22_over_five_years_each_paid_period_brings_its_credits_once_and_ends_when_the_provider_says(string anchor)
    {
        var first = DateTimeOffset.Parse(anchor, System.Globalization.CultureInfo.InvariantCulture);
        var clock = new MovedClock { Now = first };
        await using var bench = await PaymentsBench.StartAsync(clock);
        await using var other = PaymentsBench.On(bench.Ledger.Database.ConnectionString, clock);
        var user = await bench.UserAsync();
        var order = await bench.OrderAsync(user, "pro");

        for (var month = 0; month < Months; month++)
        {
            var (start, end) = (first.AddMonths(month), first.AddMonths(month + 1));
            clock.Now = start;
            var fact = new PeriodPaid(
                new PurchaseKeys(month == 0 ? order.Id : null, null, "sub-1"), $"test:period:{month}", $"pay-{month}", order.Amount, "usd", null, "pro", start, end, Change: false, user, start);
            var results = await Task.WhenAll(bench.ApplyAsync(fact), other.ApplyAsync(fact), bench.ApplyAsync(fact));
            Assert.Single(results, r => r.Verdict is FactVerdict.Applied);
            Assert.Equal(end, await ResetsAsync(bench, user));
            Assert.Equal(3000m, await bench.FreeAsync(user)); // what was left of the last period is gone

            clock.Now = end.AddTicks(-10);
            await Task.WhenAll(bench.Ledger.Allowances.RunOnceAsync(default), other.Ledger.Allowances.RunOnceAsync(default));
            Assert.Equal(3000m, await bench.FreeAsync(user));
        }

        var grants = await bench.Ledger.RowAsync<long>($"SELECT count(*), count(DISTINCT expires_at) FROM credits.grants WHERE user_id = '{user}'", 2);
        Assert.Equal([Months, Months], grants);
    }

    /// <summary>As the user is shown it.</summary>
    private static async Task<DateTimeOffset?> ResetsAsync(PaymentsBench bench, Guid user) =>
        (await bench.Ledger.DoAsync(s => new AIMake.Credits.CreditBook(bench.Ledger.Database, bench.Ledger.Clock, null!, null!).ReadAsync(s, user, default))).ResetAt;

    private sealed class MovedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
