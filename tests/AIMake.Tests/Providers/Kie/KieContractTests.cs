using AIMake.Providers;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.Kie;

public sealed class KieContractTests(SimulatorHost simulator) : VideoProviderContract(simulator), IDisposable
{
    private KieTestBed? _bed;

    private protected override IVideoProvider Create(string key) => (_bed ??= new KieTestBed(Simulator.Host)).Videos(key);

    private protected override VideoRequest Request(string prompt) => new("veo3_fast", prompt, Ratio: "16:9", Seconds: 4);

    private protected override VideoRequest FailingRequest() => Request("[fail:501]");

    public void Dispose() => _bed?.Dispose();
}
