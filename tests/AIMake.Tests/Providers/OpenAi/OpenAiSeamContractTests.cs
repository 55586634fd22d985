using System.Net.Http.Json;
using AIMake.Providers;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.OpenAi;

public abstract class OpenAiChatContract(SimulatorHost simulator, string path, string model, params (string, string)[] settings) : ChatProviderContract, IClassFixture<SimulatorHost>, IDisposable
{
    private readonly OpenAiVendorBed _bed = new(simulator.Host);

    private protected override IChatProvider Provider => _bed.Vendor.Chat(_bed.Endpoint("sk-contract", path, settings));

    private protected override string Model => model;

    public void Dispose()
    {
        _bed.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class OpenAiChatContractTests(SimulatorHost simulator) : OpenAiChatContract(simulator, "/v1", "gpt-4o-mini");

public sealed class AzureChatContractTests(SimulatorHost simulator) : OpenAiChatContract(simulator, "", "my-deployment", ("profile", "azure"), ("apiVersion", "2024-10-21"));

public sealed class OllamaChatContractTests(SimulatorHost simulator) : OpenAiChatContract(simulator, "/ollama/v1", "llama3.2", ("profile", "compatible"));

public sealed class LlamaCppChatContractTests(SimulatorHost simulator) : OpenAiChatContract(simulator, "/llamacpp/v1", "local", ("profile", "compatible"));

public sealed class VllmChatContractTests(SimulatorHost simulator) : OpenAiChatContract(simulator, "/vllm/v1", "local", ("profile", "compatible"));

public sealed class LocalAiChatContractTests(SimulatorHost simulator) : OpenAiChatContract(simulator, "/localai/v1", "local", ("profile", "compatible"));

public abstract class OpenAiEmbeddingContract(SimulatorHost simulator, string path, string model, params (string, string)[] settings) : EmbeddingProviderContract, IClassFixture<SimulatorHost>, IDisposable
{
    private readonly OpenAiVendorBed _bed = new(simulator.Host);

    private protected override IEmbeddingProvider Provider => _bed.Vendor.Embeddings(_bed.Endpoint("sk-contract", path, settings));

    private protected override string Model => model;

    public void Dispose()
    {
        _bed.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class OpenAiEmbeddingContractTests(SimulatorHost simulator) : OpenAiEmbeddingContract(simulator, "/v1", "text-embedding-3-small");

public sealed class OllamaEmbeddingContractTests(SimulatorHost simulator) : OpenAiEmbeddingContract(simulator, "/ollama/v1", "nomic-embed-text", ("profile", "compatible"));

public sealed class OpenAiImageContractTests(SimulatorHost simulator) : ImageProviderContract, IClassFixture<SimulatorHost>, IDisposable
{
    private readonly OpenAiVendorBed _bed = new(simulator.Host);

    private protected override IImageProvider Provider => _bed.Vendor.Images(_bed.Endpoint());

    private protected override string Model => "gpt-image-2";

    private protected override string Size => "256x256";

    public void Dispose() => _bed.Dispose();
}

public abstract class OpenAiTranscriptionContract(SimulatorHost simulator, string model, string path = "/v1", params (string, string)[] settings) : TranscriptionProviderContract, IClassFixture<SimulatorHost>, IDisposable
{
    private readonly OpenAiVendorBed _bed = new(simulator.Host);

    private protected override ITranscriptionProvider Provider => _bed.Vendor.Transcription(_bed.Endpoint("sk-contract", path, settings));

    private protected override string Model => model;

    public void Dispose()
    {
        _bed.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected override async Task<(MediaInput Audio, decimal Seconds)> SayAsync(string text)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{simulator.BaseUrl}/audio/speech") { Content = JsonContent.Create(new { model = "tts-1", voice = "alloy", input = text, response_format = "wav" }) };
        request.Headers.Authorization = new("Bearer", "sk-speaks");
        using var answer = await simulator.Http.SendAsync(request, Ct);
        var wav = await answer.Content.ReadAsByteArrayAsync(Ct);
        return (new MediaInput(wav, "audio/wav", "说.wav"), (wav.Length - 44) / 48_000m);
    }
}

public sealed class WhisperContractTests(SimulatorHost simulator) : OpenAiTranscriptionContract(simulator, "whisper-1");

public sealed class LocalAiTranscriptionContractTests(SimulatorHost simulator)
    : OpenAiTranscriptionContract(simulator, "whisper-base", "/localai/v1", ("profile", "compatible"));

public sealed class OpenAiTranscriptionContractTests(SimulatorHost simulator) : OpenAiTranscriptionContract(simulator, "gpt-4o-mini-transcribe")
{
    private protected override bool TellsTimes => false;
}
