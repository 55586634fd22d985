using AIMake.Credits;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Credits;

/// <summary>What becomes of holds whose owner died.</summary>
public sealed class HoldSweeperTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private readonly ManualTime _time = new();
    private LedgerBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await LedgerBench.StartAsync(_time);

    public async ValueTask DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task An_abandoned_hold_is_charged_at_its_checkpoint_or_voided_and_only_once()
    {
        var user = await _bench.OpenAsync(10);
        var (delivered, silent, owned) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await _bench.HoldAsync(user, 3, delivered, Lease);
        await _bench.HoldAsync(user, 3, silent, Lease);
        await _bench.HoldAsync(user, 3, owned);
        await _bench.RenewAsync(delivered, 1.25m, Lease);

        Assert.Equal(0, await _bench.Sweeper.RunOnceAsync(CancellationToken.None));
        _time.Advance(Lease);
        Assert.Equal(2, await _bench.Sweeper.RunOnceAsync(CancellationToken.None));
        Assert.Equal(
            [new SweptHold(delivered, user, Micro.FromCredits(1.25m)), new SweptHold(silent, user, Micro.Zero)], _bench.Swept.OrderByDescending(s => s.Charged));

        Assert.Equal(0, await _bench.Sweeper.RunOnceAsync(CancellationToken.None));
        Assert.Equal((5.75m, 3m), await _bench.BalanceAsync(user));
        Assert.False(await _bench.SettleAsync(delivered, 3));
        Assert.False(await _bench.SettleAsync(silent, 3));
        Assert.True(await _bench.SettleAsync(owned, 3));
        await LedgerAssert.CleanAsync(_bench.Database, _time, timely: true);
    }

    [Fact]
    public async Task A_renewed_hold_is_left_alone_and_its_checkpoint_never_goes_back_or_above_the_hold()
    {
        var user = await _bench.OpenAsync(10);
        var operation = Guid.CreateVersion7();
        await _bench.HoldAsync(user, 3, operation, Lease);

        _time.Advance(Lease / 2);
        await _bench.RenewAsync(operation, 2, Lease);
        await _bench.RenewAsync(operation, 1, Lease);
        _time.Advance(Lease / 2);
        Assert.Equal(0, await _bench.Sweeper.RunOnceAsync(CancellationToken.None));
        await _bench.RenewAsync(operation, 99, Lease);
        _time.Advance(Lease);

        Assert.Equal(1, await _bench.Sweeper.RunOnceAsync(CancellationToken.None));
        Assert.Equal((7m, 0m), await _bench.BalanceAsync(user));
    }

    [Fact]
    public async Task Until_the_sweeper_comes_the_owner_may_still_settle()
    {
        var user = await _bench.OpenAsync(10);
        var operation = Guid.CreateVersion7();
        await _bench.HoldAsync(user, 3, operation, Lease);
        _time.Advance(Lease * 2);

        Assert.True(await _bench.SettleAsync(operation, 2.5m));

        Assert.Equal(0, await _bench.Sweeper.RunOnceAsync(CancellationToken.None));
        Assert.Equal((7.5m, 0m), await _bench.BalanceAsync(user));
    }

    [Fact]
    public async Task A_hold_without_a_lease_gets_none_by_being_renewed()
    {
        var user = await _bench.OpenAsync(10);
        await _bench.HoldAsync(user, 3, out var operation);

        await _bench.RenewAsync(operation, 1, Lease);
        _time.Advance(Lease * 2);

        Assert.Equal(0, await _bench.Sweeper.RunOnceAsync(CancellationToken.None));
        Assert.Equal((7m, 3m), await _bench.BalanceAsync(user));
    }

    [Fact]
    public async Task Five_hundred_abandoned_holds_are_swept_by_two_nodes_each_once()
    {
        var users = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _bench.OpenAsync(100)));
        await _bench.HoldAsync([.. Enumerable.Range(0, 500).Select(i => new AIMake.Credits.HoldOrder(
            Guid.CreateVersion7(), users[i % 5], AIMake.Credits.Micro.FromCredits(1), Lease))]);
        _time.Advance(Lease);

        var swept = await Task.WhenAll(_bench.Sweeper.RunOnceAsync(CancellationToken.None), _bench.Sweeper.RunOnceAsync(CancellationToken.None));

        Assert.Equal(500, swept.Sum());
        Assert.All(users, user => Assert.Equal((100m, 0m), _bench.BalanceAsync(user).GetAwaiter().GetResult()));
    }
}
