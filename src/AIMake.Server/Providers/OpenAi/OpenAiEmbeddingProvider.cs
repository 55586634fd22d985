using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AIMake.Providers.OpenAi;

/// <summary>Turns texts into vectors. Asks OpenAI for packed ones, a quarter of the bytes; takes either.</summary>
internal sealed class OpenAiEmbeddingProvider(OpenAiDoor door) : IEmbeddingProvider
{
    /// <summary>Two thousand vectors of three thousand numbers, written out.</summary>
    private const long LargestAnswer = 128L << 20;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task<EmbeddingAnswer> EmbedAsync(string model, IReadOnlyList<string> inputs, int? dimensions, CancellationToken ct)
    {
        using var response = await door.SendJsonAsync("embeddings", model, Body(model, inputs, dimensions), door.Usual with { MaxBytes = LargestAnswer }, ct);
        using var answer = await OpenAiAnswer.ReadAsync(response, ct);
        var vectors = new ReadOnlyMemory<float>[inputs.Count];
        var place = 0;
        foreach (var item in OpenAiAnswer.Items(answer.RootElement, "data"))
        {
            var index = OpenAiAnswer.Member(item, "index") is { ValueKind: JsonValueKind.Number } given && given.TryGetInt32(out var number) ? number : place;
            if (index < 0 || index >= vectors.Length || !vectors[index].IsEmpty) throw ProviderFaults.Invalid("a vector out of place");
            vectors[index] = Vector(OpenAiAnswer.Member(item, "embedding"));
            place++;
        }
        if (place != inputs.Count || vectors.Any(vector => vector.Length != vectors[0].Length)) throw ProviderFaults.Invalid($"{place} vectors for {inputs.Count} texts, or of several lengths");
        return new EmbeddingAnswer(vectors, OpenAiUsage.Read(OpenAiAnswer.Member(answer.RootElement, "usage")) ?? Estimate(inputs));
    }

    private byte[] Body(string model, IReadOnlyList<string> inputs, int? dimensions)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            json.WriteStartArray("input");
            foreach (var input in inputs) json.WriteStringValue(input);
            json.WriteEndArray();
            if (dimensions is { } length) json.WriteNumber("dimensions", length);
            if (!door.IsCompatible) json.WriteString("encoding_format", "base64");
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Numbers, or little-endian 32-bit floats in base64.</summary>
    private static float[] Vector(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            var numbers = new float[json.GetArrayLength()];
            var at = 0;
            foreach (var number in json.EnumerateArray()) numbers[at++] = number.ValueKind == JsonValueKind.Number ? number.GetSingle() : float.NaN;
            return Checked(numbers);
        }
        if (json.ValueKind != JsonValueKind.String || !json.TryGetBytesFromBase64(out var bytes) || bytes.Length % 4 != 0) throw ProviderFaults.Invalid("no vector");
        var vector = new float[bytes.Length / 4];
        for (var i = 0; i < vector.Length; i++) vector[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * 4));
        return Checked(vector);
    }

    private static float[] Checked(float[] vector) =>
        vector.Length > 0 && Array.TrueForAll(vector, float.IsFinite) ? vector : throw ProviderFaults.Invalid("a vector that is empty or not of numbers");

    private static ProviderUsage Estimate(IReadOnlyList<string> inputs) => new() { InputTokens = inputs.Sum(input => OpenAiUsage.Guess(input)), Source = UsageSource.Estimated };
}
