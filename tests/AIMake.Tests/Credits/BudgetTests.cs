using AIMake.Credits;
using AIMake.Platform.Database;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Credits;

public sealed class BudgetTests : IAsyncLifetime
{
    private readonly ManualTime _clock = new();
    private LedgerBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await LedgerBench.StartAsync(_clock);

    public async ValueTask DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task Of_two_hundred_at_once_over_two_nodes_exactly_those_within_the_limit_pass()
    {
        await using var one = await LedgerBench.StartAsync();
        var two = LedgerBench.On(one.Database.ConnectionString);
        var user = await one.OpenAsync(1_000);
        var budget = Of(10, BudgetWindow.Day);

        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => (i % 2 == 0 ? one : two).HoldAsync(Order(user, 1, budget))));

        Assert.Equal(10, replies.Count(r => r[0].Fault is null));
        Assert.All(replies.Where(r => r[0].Fault is not null), r => Assert.Equal("KEY_LIMIT_REACHED", r[0].Fault!.Code.Code));
        Assert.Equal((990, 10), await one.BalanceAsync(user));
        await two.Database.DisposeAsync();
    }

    [Fact]
    public async Task In_one_batch_too_the_limit_is_kept_and_others_are_not_touched()
    {
        var user = await _bench.OpenAsync(100);
        var (first, second) = (Of(3, BudgetWindow.Day), Of(2, BudgetWindow.Month));

        var replies = await _bench.HoldAsync(
        [
            Order(user, 2, first), Order(user, 2, first), Order(user, 1, first), Order(user, 2, second), Order(user, 50, null), Order(user, 1, second), Order(user, 0, second),
        ]);

        Assert.Equal([true, false, true, true, true, false, true], replies.Select(r => r.Fault is null));
        Assert.Equal(3, await UsedAsync(first));
        Assert.Equal(2, await UsedAsync(second));
    }

    [Fact]
    public async Task What_is_not_charged_is_free_again_in_the_budget()
    {
        var user = await _bench.OpenAsync(100);
        var budget = Of(10, BudgetWindow.Total);
        var (settled, voided, swept) = (Order(user, 6, budget), Order(user, 4, budget), Order(user, 5, budget) with { Lease = TimeSpan.FromSeconds(60) });

        Assert.Null((await _bench.HoldAsync(settled))[0].Fault);
        Assert.Null((await _bench.HoldAsync(voided))[0].Fault);
        Assert.Equal(10, await UsedAsync(budget));
        await _bench.SettleAsync(settled.Operation, 1.5m);
        await _bench.VoidAsync(voided.Operation);
        Assert.Equal(1.5m, await UsedAsync(budget));

        Assert.Null((await _bench.HoldAsync(swept))[0].Fault);
        await _bench.RenewAsync(swept.Operation, 2, TimeSpan.FromSeconds(60));
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, await _bench.Sweeper.RunOnceAsync(default));
        Assert.Equal(3.5m, await UsedAsync(budget));

        var tooMuch = (await _bench.HoldAsync(Order(user, 7, budget)))[0].Fault!;
        Assert.StartsWith("This costs up to 7 credits and the key has 6.5 left of its 10.", tooMuch.Message("en"), StringComparison.Ordinal);
        Assert.Equal(402, tooMuch.Code.Status);
    }

    [Fact]
    public async Task A_new_window_begins_with_nothing_and_a_hold_stays_with_its_own()
    {
        var user = await _bench.OpenAsync(100);
        var id = Guid.CreateVersion7();
        var today = new Budget(id, Micro.FromCredits(5), BudgetWindow.Day.StartOf(_clock.GetUtcNow()));
        var late = Order(user, 5, today);
        Assert.Null((await _bench.HoldAsync(late))[0].Fault);

        _clock.Advance(TimeSpan.FromDays(1));
        var tomorrow = today with { WindowStart = BudgetWindow.Day.StartOf(_clock.GetUtcNow()) };
        Assert.Null((await _bench.HoldAsync(Order(user, 5, tomorrow)))[0].Fault);
        await _bench.SettleAsync(late.Operation, 4);

        Assert.Equal(4, await UsedAsync(today));
        Assert.Equal(5, await UsedAsync(tomorrow));
    }

    [Fact]
    public async Task A_lowered_limit_stops_what_costs_and_lets_pass_what_is_free()
    {
        var user = await _bench.OpenAsync(100);
        var budget = Of(10, BudgetWindow.Week);
        Assert.Null((await _bench.HoldAsync(Order(user, 8, budget)))[0].Fault);

        var lowered = budget with { Limit = Micro.FromCredits(5) };

        Assert.Contains("0 left of its 5", (await _bench.HoldAsync(Order(user, 1, lowered)))[0].Fault!.Message("en"), StringComparison.Ordinal);
        Assert.Null((await _bench.HoldAsync(Order(user, 0, lowered)))[0].Fault);
    }

    [Fact]
    public async Task Without_funds_it_is_the_funds_that_are_named()
    {
        var user = await _bench.OpenAsync(1);

        Assert.Equal("INSUFFICIENT_CREDITS", (await _bench.HoldAsync(Order(user, 5, Of(3, BudgetWindow.Day))))[0].Fault!.Code.Code);
    }

    [Fact]
    public async Task The_same_hold_again_uses_nothing_more()
    {
        var user = await _bench.OpenAsync(100);
        var order = Order(user, 5, Of(5, BudgetWindow.Day));

        Assert.Null((await _bench.HoldAsync(order))[0].Fault);
        Assert.Null((await _bench.HoldAsync(order))[0].Fault);
        Assert.Equal(5, await UsedAsync(order.Budget!));
    }

    [Fact]
    public async Task A_budget_belongs_to_one_account_for_ever()
    {
        var (owner, other) = (await _bench.OpenAsync(10), await _bench.OpenAsync(10));
        var budget = Of(5, BudgetWindow.Total);
        await _bench.HoldAsync(Order(owner, 1, budget));

        await Assert.ThrowsAnyAsync<Exception>(() => _bench.HoldAsync(Order(other, 1, budget)));
        Assert.Equal((10, 0), await _bench.BalanceAsync(other));
    }

    [Fact]
    public async Task Servers_of_the_release_before_still_hold()
    {
        var user = await _bench.OpenAsync(10);

        await _bench.SqlAsync($"SELECT * FROM credits.hold_many(ARRAY[gen_random_uuid()], ARRAY['{user}'::uuid], ARRAY[2000000::bigint], ARRAY[NULL::interval], NULL)");

        Assert.Equal((8, 2), await _bench.BalanceAsync(user));
    }

    [Theory]
    [InlineData(BudgetWindow.Day, "2026-11-22T23:59:59Z", "2026-11-22T00:00:00Z")]
    [InlineData(BudgetWindow.Day, "2026-11-23T00:30:00+02:00", "2026-11-22T00:00:00Z")]
    [InlineData(BudgetWindow.Week, "2026-11-22T23:59:59Z", "2026-11-16T00:00:00Z")]
    [InlineData(BudgetWindow.Week, "2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z")]
    [InlineData(BudgetWindow.Week, "2027-01-01T12:00:00Z", "2026-12-28T00:00:00Z")]
    [InlineData(BudgetWindow.Month, "2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z")]
    [InlineData(BudgetWindow.Total, "2028-02-29T12:00:00Z", "1970-01-01T00:00:00Z")]
    public void Windows_begin_where_the_calendar_says(BudgetWindow window, string at, string start) =>
        Assert.Equal(DateTimeOffset.Parse(start, System.Globalization.CultureInfo.InvariantCulture), window.StartOf(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)));

    private Budget Of(decimal limit, BudgetWindow window) => new(Guid.CreateVersion7(), Micro.FromCredits(limit), window.StartOf(_clock.GetUtcNow()));

    private static HoldOrder Order(Guid user, decimal credits, Budget? budget) => new(Guid.CreateVersion7(), user, Micro.FromCredits(credits), null, budget);

    private async Task<decimal> UsedAsync(Budget budget) =>
        new Micro((await _bench.RowAsync<long>($"SELECT held + spent FROM credits.budgets WHERE id = '{budget.Id}' AND window_start = '{budget.WindowStart:O}'", 1))[0]).Credits;
}
