using AIMake.Providers;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.Tencent;

/// <summary>The adapter keeps the common promises against the simulator, which recomputes every signature.</summary>
public sealed class TencentContractTests(SimulatorHost simulator) : SpeechProviderContract, IClassFixture<SimulatorHost>, IDisposable
{
    private readonly TencentTestBed _bed = new(simulator.Host);

    private protected override ISpeechProvider Provider => _bed.Provider;

    private protected override (string Model, string Voice) Offer => ("TextToVoice", "501008");

    public void Dispose() => _bed.Dispose();

    [Fact]
    public async Task A_text_beyond_one_call_is_spoken_by_several_and_counted_once()
    {
        using var bed = new TencentTestBed(simulator.Host, "AKIDlong");

        var spoken = await bed.SpeakAsync(TencentTestBed.Hello with { Text = new string('好', 400) });

        Assert.Equal(400, spoken.Chunks[^1].Usage!.Characters);
        Assert.Equal(400 * 0.07, spoken.Seconds, 1);
        Assert.Equal([150, 150, 100], (await simulator.BookAsync("AKIDlong")).Select(call => call.Characters));
    }

    [Fact]
    public async Task A_failure_after_the_first_part_is_one_in_the_middle()
    {
        using var bed = new TencentTestBed(simulator.Host, "AKIDmiddle");
        var heard = 0;

        var failure = await Assert.ThrowsAsync<ProviderException>(async () =>
        {
            await foreach (var chunk in bed.Provider.SynthesizeAsync(TencentTestBed.Hello with { Text = new string('好', 300) }, Ct))
                if (heard++ == 0) await simulator.FaultsAsync(new { key = "AKIDmiddle", failCode = "InternalError" });
        });

        Assert.Equal((ProviderStage.Stream, ProviderFaultKind.ServerError), (failure.Fault.Stage, failure.Fault.Kind));
    }

    [Theory]
    [InlineData("AKIDgood", null, null)]
    [InlineData("AKIDbad", "another key", ProviderFaultKind.Unauthorized)]
    [InlineData("AKIDempty", "", ProviderFaultKind.Unauthorized)]
    [InlineData("nobody", null, ProviderFaultKind.Unauthorized)]
    [InlineData("AKID\r\nX-Injected: 1", null, ProviderFaultKind.Unauthorized)]
    [InlineData("", null, ProviderFaultKind.Unauthorized)]
    internal async Task A_key_is_tested_by_signing_with_it(string id, string? key, ProviderFaultKind? kind)
    {
        using var bed = new TencentTestBed(simulator.Host, id, key);

        var failure = await Record.ExceptionAsync(() => bed.Vendor.TestAsync(bed.Endpoint, Ct));

        Assert.Equal(kind, (failure as ProviderException)?.Fault.Kind);
        Assert.True(failure is null or ProviderException);
        Assert.All(await simulator.BookAsync(id), call => Assert.Equal("DescribeTtsTaskStatus", call.Model));
    }

    [Fact]
    public async Task A_clock_that_is_wrong_is_told_from_a_wrong_key()
    {
        using var bed = new TencentTestBed(simulator.Host, "AKIDlate", time: new Hosting.ManualTime());

        var fault = await bed.FaultAsync();

        Assert.Equal((ProviderFaultKind.Unauthorized, true), (fault.Kind, fault.Retryable));
        Assert.Contains("SignatureExpire", fault.Detail, StringComparison.Ordinal);
    }
}
