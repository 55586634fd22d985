using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AIMake.Platform.Outbound;
using AIMake.Providers.Declarative.Calls;
using AIMake.Providers.OpenAi;

namespace AIMake.Providers.Declarative;

/// <summary>Holds a conversation through a provider described by a file; whole answers arrive as one delta.</summary>
internal sealed class DeclarativeChat(ChatSeam seam, Func<TemplateValues> fresh, DeclarativeCaller caller) : IChatProvider
{
    private static readonly string[] KnownFinishes = ["stop", "length", "tool_calls", "content_filter"];

    public ChatReach Reach => seam.Reach;

    public IAsyncEnumerable<ChatDelta> StreamAsync(ChatRequest request, CancellationToken ct) =>
        seam.Stream is { } stream ? StreamedAsync(stream, request, ct) : WholeAsync(request, ct);

    private async IAsyncEnumerable<ChatDelta> WholeAsync(ChatRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        var answer = await caller.RunAsync(seam.Call, Values(request), ct);
        var (text, calls) = (WordsIn(answer), seam.Answer.ToolCalls?.First(answer) ?? default);
        if (text is null && calls.ValueKind == JsonValueKind.Undefined) throw ProviderFaults.Invalid("no text in the answer");
        yield return new ChatDelta(text ?? "", calls, Finish(seam.Answer.Finish?.Word(answer)), seam.Call.Usage.Read(answer, ProviderUsage.None));
    }

    private async IAsyncEnumerable<ChatDelta> StreamedAsync(StreamDescription stream, ChatRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        using var response = await caller.SendAsync(seam.Call.Request, Values(request), ct);
        var (usage, finish, begun, ended) = (ProviderUsage.None, (string?)null, false, false);
        await using var events = Events(stream, response, ct).GetAsyncEnumerator(ct);
        while (!ended && await NextAsync(events, begun) is { } data)
        {
            if (data == stream.End)
            {
                ended = true;
                continue;
            }
            var json = Read(data);
            if (stream.Error?.First(json) is not null) throw new ProviderException(caller.JudgeEvent(json, begun));
            usage = seam.Call.Usage.Read(json, usage);
            finish = seam.Answer.Finish?.Word(json) is { Length: > 0 } reason ? Finish(reason) : finish;
            var (text, calls) = (WordsIn(json) ?? "", seam.Answer.ToolCalls?.First(json) ?? default);
            if (text.Length == 0 && calls.ValueKind == JsonValueKind.Undefined) continue;
            begun = true;
            yield return new ChatDelta(text, calls);
        }
        if (!ended && finish is null && (stream.End is not null || seam.Answer.Finish is not null))
            throw new ProviderException(new(begun ? ProviderStage.Stream : ProviderStage.Decode, ProviderParty.Provider, ProviderFaultKind.Interrupted, Retryable: true, Detail: "the stream stopped before its end"));
        yield return new ChatDelta("", default, finish ?? "stop", usage);
    }

    private static async Task<string?> NextAsync(IAsyncEnumerator<string> events, bool begun)
    {
        try
        {
            return await events.MoveNextAsync() ? events.Current : null;
        }
        catch (OutboundException e)
        {
            throw ProviderFaults.From(e, begun);
        }
    }

    private static async IAsyncEnumerable<string> Events(StreamDescription stream, OutboundResponse response, [EnumeratorCancellation] CancellationToken ct)
    {
        if (!stream.Lines)
        {
            using var events = new SseReader(response.Body);
            while (await events.ReadAsync(ct) is { } next)
                if (next.Data.Length > 0) yield return Encoding.UTF8.GetString(next.Data.Span);
            yield break;
        }
        await foreach (var line in Lines(response.Body, ct))
            if (line.Length > 0) yield return line;
    }

    /// <summary>Lines of text, none of them endless.</summary>
    private static async IAsyncEnumerable<string> Lines(Stream body, [EnumeratorCancellation] CancellationToken ct)
    {
        using var reader = new StreamReader(body);
        var (piece, line) = (new char[4096], new StringBuilder());
        int read;
        while ((read = await reader.ReadAsync(piece, ct)) > 0)
        {
            var rest = piece.AsMemory(0, read);
            for (var end = rest.Span.IndexOf('\n'); end >= 0; end = rest.Span.IndexOf('\n'))
            {
                yield return line.Append(rest.Span[..end]).ToString().TrimEnd('\r');
                line.Clear();
                rest = rest[(end + 1)..];
            }
            if (line.Append(rest.Span).Length > SseReader.LongestEvent) throw ProviderFaults.Invalid($"a line of more than {SseReader.LongestEvent} characters");
        }
        yield return line.ToString();
    }

    private static JsonElement Read(string data)
    {
        try
        {
            return JsonElement.Parse(data);
        }
        catch (JsonException)
        {
            throw ProviderFaults.Invalid("an event that is not JSON");
        }
    }

    /// <summary>All the words the path leads to, one behind the other: some vendors answer in a list of pieces. Null when there are none.</summary>
    private string? WordsIn(JsonElement answer)
    {
        var words = seam.Answer.Text.All(answer).Select(ValuePath.WordOf).OfType<string>().ToList();
        return words.Count == 0 ? null : string.Concat(words);
    }

    private string Finish(string? reason) =>
        reason is null ? "stop"
        : seam.Finishes.TryGetValue(reason, out var ours) ? ours
        : KnownFinishes.Contains(reason) ? reason
        : "stop";

    private TemplateValues Values(ChatRequest request)
    {
        var values = fresh();
        values["model"] = request.Model;
        var messages = request.Messages.Select(Plain).ToList();
        values["messages"] = messages;
        values["turns"] = messages.Where(message => !IsSystem(message)).ToList();
        values["system"] = string.Join("\n\n", request.Messages.Where(IsSystem).Select(TextOf)) is { Length: > 0 } system ? system : null;
        values["prompt"] = request.Messages.Count > 0 ? TextOf(request.Messages[^1]) : null;
        values["maxOutputTokens"] = request.MaxOutputTokens;
        values["options"] = request.Options;
        if (request.Options.ValueKind == JsonValueKind.Object)
            foreach (var option in request.Options.EnumerateObject()) values[$"options.{option.Name}"] = OptionOf(option);
        return values;
    }

    /// <summary>One word to stop at is a list of one: OpenAI takes both, most others the list.</summary>
    private static JsonElement OptionOf(JsonProperty option) =>
        option is { Name: "stop", Value.ValueKind: JsonValueKind.String } ? JsonSerializer.SerializeToElement(new[] { option.Value }) : option.Value;

    /// <summary>A message whose parts are all text as one text, for vendors that know no parts.</summary>
    private JsonElement Plain(JsonElement message)
    {
        if (seam.Reach.Parts is not { Count: 0 } || message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("content", out var content) || content.ValueKind != JsonValueKind.Array)
            return message;
        var plain = JsonObject.Create(message)!;
        plain["content"] = TextOf(message);
        return JsonSerializer.SerializeToElement(plain);
    }

    private static bool IsSystem(JsonElement message) =>
        message.ValueKind == JsonValueKind.Object && message.TryGetProperty("role", out var role) && role.ValueKind == JsonValueKind.String && role.GetString() is "system" or "developer";

    /// <summary>The words of a message whose content is a text or a list of parts.</summary>
    private static string TextOf(JsonElement message) =>
        !message.TryGetProperty("content", out var content) ? ""
        : content.ValueKind == JsonValueKind.String ? content.GetString()!
        : content.ValueKind == JsonValueKind.Array ? string.Concat(content.EnumerateArray().Select(PartText))
        : "";

    private static string? PartText(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
