using System.Net.Http.Json;
using AIMake.Providers;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.Declarative;

public sealed class DeclarativeSpeechContractTests(SimulatorHost simulator) : SpeechProviderContract, IClassFixture<SimulatorHost>, IDisposable
{
    private readonly DeclarativeTestBed _bed = new DeclarativeTestBed(simulator.Host).With(OpenAiByFile.Name, OpenAiByFile.At(simulator.Host));

    private protected override ISpeechProvider Provider => _bed.Vendor.Speech(_bed.Endpoint(OpenAiByFile.Name, "sk-contract"))!;

    private protected override (string Model, string Voice) Offer => ("tts-1", "alloy");

    public void Dispose() => _bed.Dispose();
}

public sealed class DeclarativeChatContractTests(SimulatorHost simulator) : ChatProviderContract, IClassFixture<SimulatorHost>, IDisposable
{
    private readonly DeclarativeTestBed _bed = new DeclarativeTestBed(simulator.Host).With(OpenAiByFile.Name, OpenAiByFile.At(simulator.Host));

    private protected override IChatProvider Provider => _bed.Vendor.Chat(_bed.Endpoint(OpenAiByFile.Name, "sk-contract"))!;

    private protected override string Model => "gpt-4o-mini";

    public void Dispose() => _bed.Dispose();
}

public sealed class DeclarativeEmbeddingContractTests(SimulatorHost simulator) : EmbeddingProviderContract, IClassFixture<SimulatorHost>, IDisposable
{
    private readonly DeclarativeTestBed _bed = new DeclarativeTestBed(simulator.Host).With(OpenAiByFile.Name, OpenAiByFile.At(simulator.Host));

    private protected override IEmbeddingProvider Provider => _bed.Vendor.Embeddings(_bed.Endpoint(OpenAiByFile.Name, "sk-contract"))!;

    private protected override string Model => "text-embedding-3-small";

    public void Dispose() => _bed.Dispose();
}

public sealed class DeclarativeImageContractTests(SimulatorHost simulator) : ImageProviderContract, IClassFixture<SimulatorHost>, IDisposable
{
    private readonly DeclarativeTestBed _bed = new DeclarativeTestBed(simulator.Host).With(OpenAiByFile.Name, OpenAiByFile.At(simulator.Host));

    private protected override IImageProvider Provider => _bed.Vendor.Images(_bed.Endpoint(OpenAiByFile.Name, "sk-contract"))!;

    private protected override string Model => "gpt-image-2";

    private protected override string Size => "256x256";

    private protected override bool Edits => false;

    public void Dispose() => _bed.Dispose();
}

/// <summary>The same promises where pictures are made by tasks and linked to.</summary>
public sealed class DeclarativeTaskImageContractTests(SimulatorHost simulator) : ImageProviderContract, IClassFixture<SimulatorHost>, IDisposable
{
    private readonly DeclarativeTestBed _bed = new DeclarativeTestBed(simulator.Host).Shipped("replicate", simulator.Host);

    private protected override IImageProvider Provider => _bed.Vendor.Images(_bed.Endpoint("replicate", "contract"))!;

    private protected override string Model => "black-forest-labs/flux-schnell";

    public void Dispose() => _bed.Dispose();
}

public sealed class DeclarativeTranscriptionContractTests(SimulatorHost simulator) : TranscriptionProviderContract, IClassFixture<SimulatorHost>, IDisposable
{
    private readonly DeclarativeTestBed _bed = new DeclarativeTestBed(simulator.Host).With(OpenAiByFile.Name, OpenAiByFile.At(simulator.Host));

    private protected override ITranscriptionProvider Provider => _bed.Vendor.Transcription(_bed.Endpoint(OpenAiByFile.Name, "sk-contract"))!;

    private protected override string Model => "whisper-1";

    private protected override async Task<(MediaInput Audio, decimal Seconds)> SayAsync(string text)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{simulator.BaseUrl}/audio/speech") { Content = JsonContent.Create(new { model = "tts-1", voice = "alloy", input = text, response_format = "wav" }) };
        request.Headers.Authorization = new("Bearer", "sk-contract");
        using var answer = await simulator.Http.SendAsync(request, Ct);
        var wav = await answer.Content.ReadAsByteArrayAsync(Ct);
        return (new MediaInput(wav, "audio/wav", "said.wav"), (wav.Length - 44) / 48_000m);
    }

    public void Dispose() => _bed.Dispose();
}

/// <summary>Answers no vendor should give, to a provider that is only described.</summary>
public sealed class DeclarativeNonsenseTests
{
    [Theory]
    [MemberData(nameof(Nonsense.Names), MemberType = typeof(Nonsense))]
    public Task Nonsense_is_told_as_such(string name) => Nonsense.MeetAsync(name, async host =>
    {
        using var bed = new DeclarativeTestBed(host).With(OpenAiByFile.Name, OpenAiByFile.At(host));
        await bed.Vendor.Embeddings(bed.Endpoint(OpenAiByFile.Name, "sk-x"))!.EmbedAsync("m", ["one"], null, TestContext.Current.CancellationToken);
    });
}
