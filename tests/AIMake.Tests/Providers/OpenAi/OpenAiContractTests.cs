using AIMake.Providers;
using AIMake.Providers.OpenAi;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.OpenAi;

/// <summary>The adapter keeps the common promises against the simulator, in raw samples and in WAV.</summary>
public abstract class OpenAiContract(SimulatorHost simulator, string format) : SpeechProviderContract, IClassFixture<SimulatorHost>, IDisposable
{
    private readonly OpenAiTestBed _bed = new(simulator.Host, new OpenAiOptions { ApiKey = "sk-contract", Format = format });

    private protected override ISpeechProvider Provider => _bed.Provider;

    private protected override (string Model, string Voice) Offer => ("gpt-4o-mini-tts", "alloy");

    public void Dispose()
    {
        _bed.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class OpenAiPcmContractTests(SimulatorHost simulator) : OpenAiContract(simulator, "pcm");

public sealed class OpenAiWavContractTests(SimulatorHost simulator) : OpenAiContract(simulator, "wav");
