using AIMake.Credits;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using Npgsql;

namespace AIMake.Tests.Credits;

public sealed class CreditLedgerTests : IAsyncLifetime
{
    private LedgerBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await LedgerBench.StartAsync();

    public async ValueTask DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_settled_hold_charges_its_actual_price_and_frees_the_rest()
    {
        var user = await _bench.OpenAsync(10);

        Assert.Null(await _bench.HoldAsync(user, 4, out var operation));
        Assert.Equal((6m, 4m), await _bench.BalanceAsync(user));
        Assert.True(await _bench.SettleAsync(operation, 1.5m));

        Assert.Equal((8.5m, 0m), await _bench.BalanceAsync(user));
        Assert.False(await _bench.SettleAsync(operation, 1.5m));
        Assert.False(await _bench.VoidAsync(operation));
        Assert.Equal((8.5m, 0m), await _bench.BalanceAsync(user));
    }

    [Fact]
    public async Task A_voided_hold_costs_nothing_and_stays_voided()
    {
        var user = await _bench.OpenAsync(10);
        Assert.Null(await _bench.HoldAsync(user, 4, out var operation));

        Assert.True(await _bench.VoidAsync(operation));

        Assert.False(await _bench.VoidAsync(operation));
        Assert.False(await _bench.SettleAsync(operation, 1));
        Assert.Equal((10m, 0m), await _bench.BalanceAsync(user));
    }

    [Fact]
    public async Task More_than_there_is_is_refused_with_both_figures()
    {
        var user = await _bench.OpenAsync(10);

        var fault = await _bench.HoldAsync(user, 10.000001m, out _);

        Assert.Equal(new Fault(FaultCodes.InsufficientCredits, Micro.FromCredits(10.000001m), Micro.FromCredits(10), Micro.FromCredits(0.000001m)), fault);
        Assert.Contains("0.000001 are missing", fault!.Message("en"), StringComparison.Ordinal);
        Assert.Equal((10m, 0m), await _bench.BalanceAsync(user));
    }

    [Fact]
    public async Task The_same_order_again_holds_nothing_more_and_another_amount_is_a_bug()
    {
        var user = await _bench.OpenAsync(10);
        Assert.Null(await _bench.HoldAsync(user, 4, out var operation));
        var again = new HoldOrder(operation, user, Micro.FromCredits(4), null);

        Assert.Null((await _bench.HoldAsync(again, again))[1].Fault);
        Assert.Equal((6m, 4m), await _bench.BalanceAsync(user));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _bench.HoldAsync(again with { Ceiling = Micro.FromCredits(3) }));

        Assert.True(await _bench.SettleAsync(operation, 4));
        Assert.Null((await _bench.HoldAsync(again))[0].Fault);
        Assert.Equal((6m, 0m), await _bench.BalanceAsync(user));
    }

    [Fact]
    public async Task One_refused_order_does_not_undo_the_others_of_its_batch()
    {
        var (rich, poor) = (await _bench.OpenAsync(10), await _bench.OpenAsync(1));
        HoldOrder Order(Guid user, decimal credits) => new(Guid.CreateVersion7(), user, Micro.FromCredits(credits), null);

        var replies = await _bench.HoldAsync(Order(rich, 6), Order(poor, 2), Order(rich, 5), Order(poor, 1), Order(rich, 4), Order(Guid.NewGuid(), 1), Order(poor, 0));

        Assert.Equal(
            [null, FaultCodes.InsufficientCredits, FaultCodes.InsufficientCredits, null, null, FaultCodes.NotFound, null],
            replies.Select(r => r.Fault?.Code));
        Assert.Equal((0m, 10m), await _bench.BalanceAsync(rich));
        Assert.Equal((0m, 1m), await _bench.BalanceAsync(poor));
    }

    [Fact]
    public async Task Charging_more_than_was_held_or_what_nobody_held_is_a_bug_and_changes_nothing()
    {
        var user = await _bench.OpenAsync(10);
        Assert.Null(await _bench.HoldAsync(user, 4, out var operation));

        await Assert.ThrowsAsync<InvalidOperationException>(() => _bench.SettleAsync(operation, 4.000001m));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _bench.SettleAsync(operation, -1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _bench.SettleAsync(Guid.NewGuid(), 0));

        Assert.False(await _bench.VoidAsync(Guid.NewGuid()));
        Assert.Equal((6m, 4m), await _bench.BalanceAsync(user));
    }

    [Fact]
    public async Task A_known_source_key_grants_nothing()
    {
        var user = await _bench.OpenAsync(0);

        Assert.True(await _bench.GrantAsync(user, 3, "pack:1"));
        Assert.False(await _bench.GrantAsync(user, 3, "pack:1"));

        Assert.Equal((3m, 0m), await _bench.BalanceAsync(user));
    }

    [Fact]
    public async Task Zero_can_be_held_and_settled()
    {
        var user = await _bench.OpenAsync(0);

        Assert.Null(await _bench.HoldAsync(user, 0, out var operation));

        Assert.True(await _bench.SettleAsync(operation, 0));
        Assert.False(await _bench.SettleAsync(operation, 0));
        Assert.Equal((0m, 0m), await _bench.BalanceAsync(user));
    }

    [Theory]
    [InlineData("UPDATE credits.entries SET amount = amount + 1")]
    [InlineData("DELETE FROM credits.entries")]
    [InlineData("TRUNCATE credits.entries")]
    [InlineData("DELETE FROM credits.holds")]
    [InlineData("DELETE FROM credits.grants")]
    [InlineData("TRUNCATE credits.accounts CASCADE")]
    [InlineData("UPDATE credits.holds SET state = 'held', settled = NULL, resolved_at = NULL")]
    [InlineData("UPDATE credits.grants SET granted = granted + 1")]
    [InlineData("UPDATE credits.grants SET remaining = remaining + 1")]
    public async Task History_cannot_be_edited(string edit)
    {
        var user = await _bench.OpenAsync(10);
        await _bench.HoldAsync(user, 4, out var operation);
        await _bench.SettleAsync(operation, 1);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => _bench.SqlAsync(edit));

        Assert.Equal(PostgresErrorCodes.RestrictViolation, refusal.SqlState);
    }
}
