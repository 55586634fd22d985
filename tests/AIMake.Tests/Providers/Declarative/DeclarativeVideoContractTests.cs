using AIMake.Providers;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.Declarative;

/// <summary>What every way of making video promises, kept by one that is only described.</summary>
public sealed class DeclarativeVideoContractTests : VideoProviderContract, IDisposable
{
    private readonly DeclarativeTestBed _bed;

    public DeclarativeVideoContractTests(SimulatorHost simulator)
        : base(simulator) => _bed = new DeclarativeTestBed(simulator.Host).Shipped("replicate", simulator.Host);

    private protected override IVideoProvider Create(string key) => _bed.Vendor.Videos(_bed.Endpoint("replicate", key))!;

    private protected override VideoRequest Request(string prompt) => new("minimax/video-01", prompt);

    private protected override VideoRequest FailingRequest() => new("minimax/video-01", "[fail:out of memory]");

    public void Dispose() => _bed.Dispose();
}
