using AIMake.Providers;

namespace AIMake.Tests.Providers.Espeak;

/// <summary>The local engine keeps the common promises.</summary>
public sealed class EspeakContractTests(EspeakFixture espeak) : SpeechProviderContract, IClassFixture<EspeakFixture>
{
    private protected override ISpeechProvider Provider => espeak.Provider;

    private protected override (string Model, string Voice) Offer => ("espeak-ng", "en-us");
}
