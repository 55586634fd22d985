using System.Runtime.CompilerServices;
using System.Text.Json;

namespace AIMake.Providers.OpenAi;

/// <summary>
/// Talks through any server with OpenAI's chat completions. Usage is taken from whichever chunk has it, the last counts; a
/// server that reports none, or nonsense, is counted for. A stream that stops without a reason and without its closing word was
/// cut.
/// </summary>
internal sealed class OpenAiChatProvider(OpenAiDoor door) : IChatProvider
{
    private const string Path = "chat/completions";

    public async IAsyncEnumerable<ChatDelta> StreamAsync(ChatRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        using var response = await door.SendJsonAsync(Path, request.Model, OpenAiChatBody.Write(request, oldLimit: door.IsCompatible), door.Usual, ct);
        if (response.MediaType is "text/html" or "application/json") throw ProviderFaults.Invalid("not a stream, by its content type");
        using var events = new SseReader(response.Body);
        var (begun, done, written) = (false, false, 0L);
        string? finish = null;
        ProviderUsage? usage = null;
        while (await events.ReadAsync(ct) is { } next)
        {
            if (done = next.IsDone) break;
            var chunk = Read(next, begun);
            usage = chunk.Usage ?? usage;
            finish = chunk.Finish ?? finish;
            if (chunk.Text.Length == 0 && chunk.ToolCalls.ValueKind == JsonValueKind.Undefined) continue;
            begun = true;
            written += OpenAiUsage.Guess(chunk.Text) + (chunk.ToolCalls.ValueKind == JsonValueKind.Undefined ? 0 : OpenAiUsage.Guess(chunk.ToolCalls));
            yield return new ChatDelta(chunk.Text, chunk.ToolCalls);
        }
        if (finish is null && !done) throw Cut(begun);
        yield return new ChatDelta("", default, finish ?? "stop", usage ?? Estimate(request, written));
    }

    private static OpenAiChatChunk Read(SseEvent next, bool begun)
    {
        if (next.Data.IsEmpty) return new("", default, null, null);
        JsonDocument payload;
        try
        {
            payload = JsonDocument.Parse(next.Data);
        }
        catch (JsonException)
        {
            throw Nonsense(begun, "an event that is not JSON");
        }
        using (payload)
        {
            if (OpenAiFaults.FromEvent(payload.RootElement, next.IsError, begun) is { } fault) throw fault;
            return payload.RootElement.ValueKind == JsonValueKind.Object ? OpenAiChatChunk.Read(payload.RootElement) : throw Nonsense(begun, "an event that is no object");
        }
    }

    private static ProviderUsage Estimate(ChatRequest request, long written) => new()
    {
        InputTokens = request.Messages.Sum(OpenAiUsage.Guess) + 3, OutputTokens = written, Source = UsageSource.Estimated,
    };

    private static ProviderException Cut(bool begun) =>
        new(new(begun ? ProviderStage.Stream : ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.Interrupted, Retryable: true, Detail: "the stream stopped before its end"));

    private static ProviderException Nonsense(bool begun, string detail) =>
        new(new(begun ? ProviderStage.Stream : ProviderStage.Decode, ProviderParty.Provider, ProviderFaultKind.InvalidResponse, Retryable: true, Detail: detail));
}
