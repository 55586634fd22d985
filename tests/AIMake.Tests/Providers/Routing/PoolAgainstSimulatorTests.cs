using AIMake.Providers;
using AIMake.Providers.Routing;
using AIMake.Tests.Hosting;
using AIMake.Tests.Providers.OpenAi;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.Routing;

/// <summary>A pool in front of the simulator, which refuses some of its keys. Its book is the judge of who was asked.</summary>
public sealed class PoolAgainstSimulatorTests(SimulatorHost simulator) : IClassFixture<SimulatorHost>, IDisposable
{
    private readonly OpenAiVendorBed _vendor = new(simulator.Host);
    private readonly ManualTime _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _vendor.Dispose();

    [Fact]
    public async Task Of_five_keys_one_is_throttled_one_used_up_one_dead_and_every_listener_is_served()
    {
        await simulator.FaultsAsync(new { key = "sk-five-a", throttle = new { retryAfter = 600 } });
        await simulator.FaultsAsync(new { key = "sk-five-b", failStatus = 429, failCode = "insufficient_quota" });
        await simulator.FaultsAsync(new { key = "sk-five-c", failStatus = 500 });
        using var bed = Bed("sk-five-a", "sk-five-b", "sk-five-c", "sk-five-d", "sk-five-e");
        var speech = bed.Speech.Find("openai")!;

        for (var i = 0; i < 40; i++)
        {
            Assert.NotEmpty(await speech.SynthesizeAsync(OpenAiTestBed.Hello, Ct).ToListAsync(Ct));
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.Single(await simulator.BookAsync("sk-five-a"));
        Assert.Single(await simulator.BookAsync("sk-five-b"));
        Assert.Equal(3, (await simulator.BookAsync("sk-five-c")).Count);
        Assert.Equal(40, (await simulator.BookAsync("sk-five-d")).Count + (await simulator.BookAsync("sk-five-e")).Count);
        Assert.Equal([KeyEventKind.Throttled, KeyEventKind.OutOfQuota, KeyEventKind.Opened], bed.Events.Select(e => e.Kind));
    }

    [Fact]
    public async Task A_key_killed_and_mended_is_probed_back_by_one_call()
    {
        await simulator.FaultsAsync(new { key = "sk-mend-a", failStatus = 503 });
        using var bed = Bed("sk-mend-a", "sk-mend-b");
        var speech = bed.Speech.Find("openai")!;
        for (var i = 0; i < 20; i++) await speech.SynthesizeAsync(OpenAiTestBed.Hello, Ct).ToListAsync(Ct);
        Assert.Equal(3, (await simulator.BookAsync("sk-mend-a")).Count);

        await simulator.FaultsAsync(new { key = "sk-mend-a" });
        _time.Advance(TimeSpan.FromSeconds(6));
        for (var i = 0; i < 10; i++) await speech.SynthesizeAsync(OpenAiTestBed.Hello, Ct).ToListAsync(Ct);

        Assert.Equal(KeyEventKind.Closed, bed.Events.Last().Kind);
        Assert.InRange((await simulator.BookAsync("sk-mend-a")).Count(call => call.Status == 200), 4, 6);
    }

    private RouterBed Bed(params string[] keys) => new(
        _time, [new ProviderSetup("openai", _vendor.Vendor, new Uri($"http://{simulator.Host}/v1")) { Keys = [.. keys.Select(key => RouterBed.Key(key))] }]);
}
