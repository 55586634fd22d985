using AIMake.Credits;
using AIMake.Platform.Faults;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Credits;

/// <summary>Grants as lots: the order they burn in, and what time does to them.</summary>
public sealed class LotTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private LedgerBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await LedgerBench.StartAsync(_time);

    public async ValueTask DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task Credits_burn_by_priority_then_expiry_then_age()
    {
        var user = await _bench.OpenAsync(0);
        var soon = _time.GetUtcNow().AddDays(1);
        await LotAsync(user, "old-pack", 50, null);
        await LotAsync(user, "late-promotion", 20, soon.AddDays(9));
        _time.Advance(TimeSpan.FromSeconds(1));
        await LotAsync(user, "new-pack", 50, null);
        await LotAsync(user, "plan", 10, soon.AddDays(20));
        await LotAsync(user, "soon-promotion", 20, soon);
        await LotAsync(user, "expiring-pack", 50, soon);

        foreach (var expected in new[] { "plan", "soon-promotion", "late-promotion", "expiring-pack", "old-pack", "new-pack" })
        {
            Assert.Null(await _bench.HoldAsync(user, 1, out var operation));
            await _bench.SettleAsync(operation, 1);
            Assert.Equal([expected], await SpentFromAsync(operation));
        }
    }

    [Fact]
    public async Task A_charge_smaller_than_its_hold_spends_the_first_lots_and_frees_the_last()
    {
        var user = await _bench.OpenAsync(0);
        await LotAsync(user, "a", 10, null);
        await LotAsync(user, "b", 20, null);
        await LotAsync(user, "c", 30, null);
        Assert.Null(await _bench.HoldAsync(user, 3, out var operation));

        await _bench.SettleAsync(operation, 1.5m);

        Assert.Equal(["a", "b"], await SpentFromAsync(operation));
        Assert.Equal((1.5m, 0m), await _bench.BalanceAsync(user));
    }

    [Fact]
    public async Task An_expired_lot_cannot_be_held_even_before_anybody_swept_it()
    {
        var user = await _bench.OpenAsync(0);
        await LotAsync(user, "brief", 20, _time.GetUtcNow().AddHours(1));
        _time.Advance(TimeSpan.FromHours(1));

        var fault = await _bench.HoldAsync(user, 1, out _);

        Assert.Equal(new Fault(FaultCodes.InsufficientCredits, Micro.FromCredits(1), Micro.Zero, Micro.FromCredits(1)), fault);
        Assert.Equal(1m, (await _bench.BookAsync(user))["expire"]);
    }

    [Fact]
    public async Task Reserved_credit_outlives_its_lot_and_what_comes_back_later_is_gone_at_once()
    {
        var user = await _bench.OpenAsync(0);
        await _bench.GrantAsync(new GrantOrder(user, Micro.FromCredits(10), "promotion", "p", 20, _time.GetUtcNow().AddHours(1), ""));
        Assert.Null(await _bench.HoldAsync(user, 4, out var charged));
        Assert.Null(await _bench.HoldAsync(user, 3, out var freed));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(1, await _bench.Allowances.RunOnceAsync(CancellationToken.None));
        Assert.Equal((0m, 7m), await _bench.BalanceAsync(user));

        Assert.True(await _bench.SettleAsync(charged, 1.5m));
        Assert.True(await _bench.VoidAsync(freed));

        Assert.Equal((0m, 0m), await _bench.BalanceAsync(user));
        var book = await _bench.BookAsync(user);
        Assert.Equal((10m, 1.5m, 8.5m), (book["grant"], book["spend"], book["expire"]));
        await LedgerAssert.CleanAsync(_bench.Database, _time, timely: true);
    }

    [Fact]
    public async Task A_refund_takes_its_own_lot_first_then_the_rest_and_becomes_a_debt_that_new_credits_repay()
    {
        var user = await _bench.OpenAsync(0);
        await LotAsync(user, "plan", 10, null);
        await _bench.GrantAsync(user, 5, "pack");
        Assert.Null(await _bench.HoldAsync(user, 2, out var open)); // all of "plan" and 1 of "pack"

        Assert.Equal(Micro.FromCredits(7), await _bench.WithdrawAsync(user, 7, "refund:1", "pack"));
        Assert.Null(await _bench.WithdrawAsync(user, 7, "refund:1", "pack"));

        Assert.Equal(((0m, 2m), 3m), (await _bench.BalanceAsync(user), await _bench.DebtAsync(user)));
        Assert.Equal(FaultCodes.DebtOutstanding, (await _bench.HoldAsync(user, 1, out _))?.Code);
        Assert.Null(await _bench.HoldAsync(user, 0, out _));

        Assert.True(await _bench.SettleAsync(open, 1.5m)); // half a credit comes free and is taken
        Assert.Equal(((0m, 0m), 2.5m), (await _bench.BalanceAsync(user), await _bench.DebtAsync(user)));
        await _bench.GrantAsync(user, 10, "next");
        Assert.Equal(((7.5m, 0m), 0m), (await _bench.BalanceAsync(user), await _bench.DebtAsync(user)));
    }

    [Fact]
    public async Task A_withdrawal_without_debt_takes_what_is_there()
    {
        var user = await _bench.OpenAsync(5);

        Assert.Equal(Micro.FromCredits(5), await _bench.WithdrawAsync(user, 7, "promo:over", toDebt: false));

        Assert.Equal(((0m, 0m), 0m), (await _bench.BalanceAsync(user), await _bench.DebtAsync(user)));
    }

    private Task<bool> LotAsync(Guid user, string key, int priority, DateTimeOffset? expires) =>
        _bench.GrantAsync(new GrantOrder(user, Micro.FromCredits(1), "promotion", $"{key}:{user}", priority, expires, key));

    private async Task<string[]> SpentFromAsync(Guid operation) => await _bench.RowAsync<string[]>(
        $"SELECT array_agg(g.note ORDER BY e.id) FROM credits.entries e JOIN credits.grants g ON g.id = e.grant_id WHERE e.operation = '{operation}'", 1) is [var notes] ? notes : [];
}
