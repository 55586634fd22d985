using AIMake.Providers;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.ElevenLabs;

/// <summary>The adapter keeps the common promises against the simulator, with a model of each family.</summary>
public abstract class ElevenLabsContract(SimulatorHost simulator, string model) : SpeechProviderContract, IClassFixture<SimulatorHost>, IDisposable
{
    private readonly ElevenLabsTestBed _bed = new(simulator.Host, path: ElevenLabsTestBed.Simulated);

    private protected override ISpeechProvider Provider => _bed.Provider;

    private protected override (string Model, string Voice) Offer => (model, ElevenLabsTestBed.George);

    private protected override double Quick => 1.2;

    public void Dispose()
    {
        _bed.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(2.0)]
    public async Task A_speed_the_vendor_refuses_is_spoken_at_the_nearest_it_takes(double speed) =>
        Assert.InRange((await SpeakAsync(Request("Good morning, everybody.", speed))).Seconds, 0.4, 10);

    [Theory]
    [InlineData("")]
    [InlineData("../../v1/user/subscription")]
    [InlineData("a?b=c")]
    [InlineData("a\r\nX-Injected: 1")]
    public async Task What_is_not_a_voices_id_does_not_leave(string voice) =>
        Assert.Equal((ProviderStage.Connect, ProviderFaultKind.Rejected), await FaultAsync(Request("Hello") with { Voice = voice }) is var fault ? (fault.Stage, fault.Kind) : default);
}

public sealed class ElevenLabsMultilingualContractTests(SimulatorHost simulator) : ElevenLabsContract(simulator, "eleven_multilingual_v2");

public sealed class ElevenLabsDirectedContractTests(SimulatorHost simulator) : ElevenLabsContract(simulator, "eleven_v3");
