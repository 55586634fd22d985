using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using AIMake.Gateway.Forwarding;
using AIMake.Platform.Faults;
using AIMake.Providers;
using AIMake.Providers.Routing;

namespace AIMake.Gateway.Translation;

/// <summary>
/// Vectors of a seam in the shape of OpenAI's <c>/v1/embeddings</c>: a list of numbers each or, as its own clients ask for, base64 of
/// 32-bit floats, little-endian.
/// </summary>
internal sealed class TranslatedEmbeddings(EmbeddingAnswer answer, bool base64) : UpstreamAnswer
{
    private const int MostTexts = 2048;

    public static async Task<UpstreamAnswer> AskAsync(GatewayCall call, ProviderLease lease, IEmbeddingProvider seam, CancellationToken ct)
    {
        if (!Read(call, seam.TakesDimensions).TryGet(out var asked, out var fault))
        {
            throw new FaultException(fault); // out of the router's hands: the provider has nothing to do with it
        }

        return new TranslatedEmbeddings(await seam.EmbedAsync(lease.Route.Model, asked.Texts, asked.Dimensions, ct), asked.Base64);
    }

    public override Task<WholeAnswer> ReadAsync(GatewayCall call, ProviderLease lease, CancellationToken ct)
    {
        var said = answer.Usage is { Source: UsageSource.Provider, InputTokens: > 0 } usage ? new ReportedUsage(usage.InputTokens, 0, 0, usage.CostMicroUsd) : (ReportedUsage?)null;
        return Task.FromResult(new WholeAnswer(Write(call.Model.Id, call.Metering.Judge(said, 0, out _).InputTokens), said, 0));
    }

    public override AnswerStream Stream(GatewayCall call) => throw new NotSupportedException("Embeddings are not streamed.");

    public override void Dispose()
    {
    }

    private static Outcome<Asked> Read(GatewayCall call, bool takesDimensions)
    {
        var (texts, dimensions, base64) = (new List<string>(), (int?)null, false);
        try
        {
            foreach (var member in JsonElement.Parse(call.Body.Bytes.Span).EnumerateObject())
            {
                switch (member.Name)
                {
                    case "input" when member.Value.ValueKind is JsonValueKind.String:
                        texts.Add(member.Value.GetString()!);
                        break;
                    case "input" when member.Value.ValueKind is JsonValueKind.Array && member.Value.EnumerateArray().All(t => t.ValueKind is JsonValueKind.String):
                        texts.AddRange(member.Value.EnumerateArray().Select(t => t.GetString()!));
                        break;
                    case "input" when member.Value.ValueKind is JsonValueKind.Array:
                        return Fault.Invalid("input", new Said("this model reads texts; send words instead of token numbers", "此模型只接受文本，请发送文字而不是词元编号"));
                    case "dimensions" when member.Value.ValueKind is not JsonValueKind.Null:
                        if (!takesDimensions)
                        {
                            return new Fault(FaultCodes.UnsupportedParameter, "dimensions", call.Model.Id) { Field = "dimensions" };
                        }

                        if (member.Value.ValueKind is not JsonValueKind.Number || !member.Value.TryGetInt32(out var wanted) || wanted is < 1 or > 100_000)
                        {
                            return new Fault(FaultCodes.FieldOutOfRange, "dimensions", 1, 100_000) { Field = "dimensions" };
                        }

                        dimensions = wanted;
                        break;
                    case "encoding_format" when member.Value.ValueKind is not JsonValueKind.Null:
                        base64 = member.Value.ValueKind is JsonValueKind.String && member.Value.ValueEquals("base64");
                        if (!base64 && !(member.Value.ValueKind is JsonValueKind.String && member.Value.ValueEquals("float")))
                        {
                            return Fault.Invalid("encoding_format", Said.OneOf("float", "base64"));
                        }

                        break;
                    case not ("model" or "input" or "user" or "stream") when member.Value.ValueKind is not JsonValueKind.Null:
                        return new Fault(FaultCodes.UnsupportedParameter, member.Name, call.Model.Id) { Field = member.Name };
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new Fault(FaultCodes.MalformedJson); // half a surrogate pair
        }

        return texts.Count is 0 or > MostTexts || texts.Contains("")
            ? Fault.Invalid("input", new Said($"it must be a text, or a list of 1 to {MostTexts}, none of them empty", $"必须是文本，或包含 1 到 {MostTexts} 条非空文本的列表"))
            : new Asked(texts, dimensions, base64);
    }

    private byte[] Write(string model, long tokens)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        for (var i = 0; i < answer.Vectors.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("object", "embedding");
            json.WriteNumber("index", i);
            json.WritePropertyName("embedding");
            Vector(json, answer.Vectors[i].Span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("model", model);
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", tokens);
        json.WriteNumber("total_tokens", tokens);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private void Vector(Utf8JsonWriter json, ReadOnlySpan<float> vector)
    {
        if (base64)
        {
            json.WriteBase64StringValue(MemoryMarshal.AsBytes(vector)); // every machine this runs on is little-endian
            return;
        }

        json.WriteStartArray();
        foreach (var number in vector)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private sealed record Asked(IReadOnlyList<string> Texts, int? Dimensions, bool Base64);
}
