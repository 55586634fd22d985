using System.Text.Json;
using AIMake.Providers.Declarative.Calls;

namespace AIMake.Providers.Declarative;

/// <summary>Turns texts into vectors through a provider described by a file.</summary>
internal sealed class DeclarativeEmbeddings(EmbeddingSeam seam, Func<TemplateValues> fresh, DeclarativeCaller caller) : IEmbeddingProvider
{
    public bool TakesDimensions => seam.Call.Request.Names.Contains("dimensions");

    public async Task<EmbeddingAnswer> EmbedAsync(string model, IReadOnlyList<string> inputs, int? dimensions, CancellationToken ct)
    {
        var values = fresh();
        values["model"] = model;
        values["inputs"] = inputs;
        values["dimensions"] = dimensions;
        var answer = await caller.RunAsync(seam.Call, values, ct);
        var vectors = seam.Vectors.All(answer).Select(Vector).ToList();
        if (vectors.Count != inputs.Count) throw ProviderFaults.Invalid($"{vectors.Count} vectors for {inputs.Count} texts");
        if (vectors.Any(vector => vector.Length != vectors[0].Length)) throw ProviderFaults.Invalid("vectors of different lengths");
        return new EmbeddingAnswer(vectors, seam.Call.Usage.Read(answer, ProviderUsage.None));
    }

    private static ReadOnlyMemory<float> Vector(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array) throw ProviderFaults.Invalid("a vector that is no list");
        var vector = new float[element.GetArrayLength()];
        var i = 0;
        foreach (var number in element.EnumerateArray())
            if (number.ValueKind != JsonValueKind.Number || !number.TryGetSingle(out vector[i++]) || !float.IsFinite(vector[i - 1])) throw ProviderFaults.Invalid("a vector with something else than numbers");
        return vector.Length > 0 ? vector : throw ProviderFaults.Invalid("an empty vector");
    }
}
