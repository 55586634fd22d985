using System.Collections.Concurrent;
using AIMake.Faults.Hosting;

namespace AIMake.Faults.Payments;

/// <summary>The database breaks while people order and pay, and providers tell of it: callers get an honest 503, and every payment is credited once.</summary>
public sealed class BrokenDatabasePaymentTests : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, int> _answers = new();
    private Shop _shop = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _shop = await Shop.StartAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    /// <summary>F01.</summary>
    [Fact]
    public async Task Crashes_of_the_database_lose_no_event_that_was_thanked_for() => await UnderLoadAsync(async _ =>
    {
        for (var crash = 0; crash < 3; crash++)
        {
            await ProgressAsync();
            var thanked = await _shop.ThankedAsync();
            await _shop.Postgres.CrashAndRestartAsync();
            Assert.Empty(thanked.Except(await _shop.KeptAsync()));
        }
    });

    /// <summary>F03: sessions are ended every two seconds, those of the scheduler too; whole units of work are tried again.</summary>
    [Fact]
    public async Task Sessions_that_are_ended_again_and_again_are_hardly_noticed()
    {
        await UnderLoadAsync(async _ =>
        {
            using var rhythm = new PeriodicTimer(TimeSpan.FromSeconds(2));
            for (var round = 0; round < 5; round++)
            {
                await rhythm.WaitForNextTickAsync(Ct);
                await ProgressAsync();
                await _shop.CountAsync("(SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()) AS ended");
            }
        });

        var refused = _answers.Where(a => !a.Key.StartsWith("200", StringComparison.Ordinal)).Sum(a => a.Value);
        Assert.True(refused <= _answers["200 "] / 20, string.Join(", ", _answers)); // a unit is tried five times
    }

    private async Task UnderLoadAsync(Func<ServerProcess, Task> faultsAsync)
    {
        await using var server = await _shop.OpenAsync();
        await _shop.AimAsync(server);
        await _shop.Simulator.ControlAsync("/__deliveries", new { copies = 3, shuffleMs = 100, retryMs = Enumerable.Repeat(200, 500) });
        var users = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => (await server.CreateUserAsync()).Http));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var load = _shop.LoadAsync(users, _answers, stop.Token);

        await faultsAsync(server);

        await ProgressAsync(); // it has come back
        await stop.CancelAsync();
        await load;
        await _shop.Simulator.DeliveredAsync();
        var sent = await _shop.DeliveriesAsync();
        Assert.All(_answers.Keys, a => Assert.Contains(a, (string[])["200 ", "503 DATABASE_UNAVAILABLE"]));
        Assert.All(sent.SelectMany(d => d.Statuses).Distinct(), status => Assert.Contains(status, (int[])[200, 503]));
        Assert.All(sent, d => Assert.Equal("delivered", d.End));
        Assert.Equal((await _shop.Simulator.PaymentsAsync()).Count, await _shop.CountAsync("payments.payments"));
        await _shop.BooksCloseAsync(server);
    }

    /// <summary>Waits for a few more payments that arrive.</summary>
    private async Task ProgressAsync()
    {
        var before = await _shop.CountAsync("payments.payments");
        await Shop.UntilAsync("payments arrive", async () => await _shop.CountAsync("payments.payments") > before + 10);
    }
}
