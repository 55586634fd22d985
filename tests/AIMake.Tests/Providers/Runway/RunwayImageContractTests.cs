using AIMake.Providers;
using AIMake.Tests.Hosting;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.Runway;

public sealed class RunwayImageContractTests(SimulatorHost simulator) : ImageProviderContract, IClassFixture<SimulatorHost>, IDisposable
{
    private readonly RunwayTestBed _bed = new(simulator.Host, new ManualTime(jumps: true));

    private protected override IImageProvider Provider => _bed.Images(RunwayTestBed.NewKey());

    private protected override string Model => "gen4_image";

    private protected override string Size => "1024x1024";

    private protected override bool MakesSeveral => false;

    public void Dispose() => _bed.Dispose();
}
