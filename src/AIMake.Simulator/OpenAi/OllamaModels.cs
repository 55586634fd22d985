using System.Text.Json.Nodes;

namespace AIMake.Simulator.OpenAi;

/// <summary>What a model server on somebody's own machine has.</summary>
internal static class OllamaModels
{
    private static readonly string[] Names = ["llama3.2:latest", "qwen3:8b", "nomic-embed-text:latest"];

    /// <summary>In OpenAI's terms.</summary>
    public static JsonArray List() =>
        new([.. Names.Select(name => new JsonObject { ["id"] = name, ["object"] = "model", ["created"] = 1_790_000_000, ["owned_by"] = "library" })]);

    /// <summary>In Ollama's own, <c>GET /api/tags</c>.</summary>
    public static JsonObject Tags() => new()
    {
        ["models"] = new JsonArray([.. Names.Select(name => new JsonObject
        {
            ["name"] = name, ["model"] = name, ["modified_at"] = "2026-10-01T08:00:00Z", ["size"] = 2_019_393_189, ["digest"] = new string('a', 64),
            ["details"] = new JsonObject { ["format"] = "gguf", ["family"] = "llama", ["parameter_size"] = "3.2B", ["quantization_level"] = "Q4_K_M" },
        })]),
    };
}
