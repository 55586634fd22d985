using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.OpenAi;

/// <summary><c>POST /embeddings</c>: vectors of unit length, the same for the same text.</summary>
internal static class EmbeddingsEndpoint
{
    private const int MostInputs = 2048;
    private const int LongestInput = 8192;

    public static async Task AnswerAsync(OpenAiCall call)
    {
        var (answer, error) = Answer(call, await call.ReadObjectAsync());
        if (answer is null)
        {
            await call.RefuseAsync(error!);
            return;
        }
        if (call.Profile == Profile.OpenAi) call.Response.Headers["openai-model"] = call.Booked.Model;
        await call.WriteAsync(answer);
    }

    private static (JsonObject?, OpenAiError?) Answer(OpenAiCall call, JsonElement? body)
    {
        if (body is not { } root) return (null, OpenAiErrors.BadJson());
        var (model, unknown) = call.FindModel(Member.Text(root, "model"), ModelKind.Embedding);
        if (model is null) return (null, unknown);
        if (Inputs(root) is not { Count: > 0 and <= MostInputs } inputs) return Fail("input", "Invalid 'input': text, texts or tokens are required, and at most 2048 of them.");
        if (inputs.Any(input => input.Tokens is < 1 or > LongestInput)) return Fail("input", $"Invalid 'input': each must have from 1 to {LongestInput} tokens.");
        var length = Member.Number(root, "dimensions") ?? model.Dimensions;
        if (length < 1 || length > Math.Max(model.Dimensions, 4096)) return (null, new OpenAiError(400, "invalid_request_error", null, null, "Invalid 'dimensions'."));
        var base64 = Member.Text(root, "encoding_format") == "base64";

        var data = new JsonArray();
        foreach (var (key, _) in inputs) data.Add(new JsonObject { ["object"] = "embedding", ["index"] = data.Count, ["embedding"] = Encode(Vector(key, (int)length), base64) });
        var tokens = inputs.Sum(input => (long)input.Tokens);
        var answer = new JsonObject { ["object"] = "list", ["data"] = data, ["model"] = model.Id };
        if (call.Faults.Usage != "none")
            answer["usage"] = call.Faults.Usage switch { "negative" => Usage(-1), "huge" => Usage(1_000_000_000_000_000_000), _ => Usage(tokens) };
        return (answer, null);
    }

    private static JsonObject Usage(long tokens) => new() { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens };

    private static (JsonObject?, OpenAiError) Fail(string param, string message) => (null, OpenAiErrors.Bad(param, message));

    /// <summary>What to embed, and how many tokens it has; null when it is of no kind there is.</summary>
    private static List<(string Key, int Tokens)>? Inputs(JsonElement root)
    {
        if (!root.TryGetProperty("input", out var input)) return null;
        if (input.ValueKind == JsonValueKind.String) return [(input.GetString()!, Tokens.Count(input.GetString()!))];
        if (input.ValueKind != JsonValueKind.Array) return null;
        var items = input.EnumerateArray().ToList();
        if (items.Count > 0 && items.TrueForAll(item => item.ValueKind == JsonValueKind.Number)) return [(input.GetRawText(), items.Count)];
        return items.TrueForAll(item => item.ValueKind is JsonValueKind.String or JsonValueKind.Array)
            ? [.. items.Select(item => item.ValueKind == JsonValueKind.String ? (item.GetString()!, Tokens.Count(item.GetString()!)) : (item.GetRawText(), item.GetArrayLength()))]
            : null;
    }

    private static float[] Vector(string key, int length)
    {
        var random = new Random(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
        var vector = new float[length];
        for (var i = 0; i < length; i++) vector[i] = (float)(random.NextDouble() - 0.5);
        var norm = MathF.Sqrt(vector.Sum(x => x * x));
        for (var i = 0; i < length; i++) vector[i] /= norm;
        return vector;
    }

    private static JsonNode Encode(float[] vector, bool base64)
    {
        if (!base64) return new JsonArray([.. vector.Select(x => (JsonNode)x)]);
        var bytes = new byte[vector.Length * 4];
        for (var i = 0; i < vector.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * 4), vector[i]);
        return Convert.ToBase64String(bytes);
    }
}
