using AIMake.Providers;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.Runway;

public sealed class RunwayContractTests(SimulatorHost simulator) : VideoProviderContract(simulator), IDisposable
{
    private RunwayTestBed? _bed;

    private protected override string Key { get; } = RunwayTestBed.NewKey();

    private protected override IVideoProvider Create(string key) => (_bed ??= new RunwayTestBed(Simulator.Host)).Videos(key);

    private protected override VideoRequest Request(string prompt) => new("gen4.5", prompt, Ratio: "9:16", Seconds: 2);

    private protected override VideoRequest FailingRequest() => Request("[fail:INTERNAL.BAD_OUTPUT.CODE01]");

    public void Dispose() => _bed?.Dispose();
}
