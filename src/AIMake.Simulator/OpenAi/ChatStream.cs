using System.Text.Json.Nodes;

namespace AIMake.Simulator.OpenAi;

/// <summary>
/// A chat in chunks. Usage is sent when it was asked for, in a chunk without choices before the end; the other chunks then say
/// null. Servers and switches have other ideas of that.
/// </summary>
internal sealed class ChatStream(OpenAiCall call, ChatRequest request, Reply reply)
{
    private static readonly string[] Places = ["early", "finish", "every", "always"];

    private readonly EventStream _events = new(call);
    private readonly string _id = $"chatcmpl-{Guid.NewGuid():N}";
    private readonly string _place = Array.Find(Places, place => place == call.Faults.Usage) ?? call.Profile.Usage;
    private int _tokens;

    private bool Reports => (request.IncludeUsage && call.Faults.Usage != "none") || _place == "always";

    public async Task SendAsync()
    {
        await _events.StartAsync();
        if (call.Profile.Filters) await _events.SendAsync(JsonNode.Parse("""{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{}}]}""")!);
        for (var i = 0; i < request.Choices; i++)
            await ChunkAsync(i, new JsonObject { ["role"] = "assistant", ["content"] = reply.Tool is null ? "" : null, ["refusal"] = null });
        if (reply.Tool is { } tool) await CallAsync(tool);
        else await WordsAsync();
        if (call.Faults.ChunkWithoutChoices) await _events.SendAsync(Head());
        if (call.Profile.Filters) await _events.SendAsync(JsonNode.Parse("""{"choices":[{"index":0,"finish_reason":null,"content_filter_results":{},"content_filter_offsets":{"check_offset":1,"start_offset":1,"end_offset":9}}],"id":"","model":"","object":""}""")!);
        for (var i = 0; i < request.Choices; i++) await ChunkAsync(i, new JsonObject(), reply.Finish);
        await UsageAsync();
        await _events.DoneAsync();
    }

    private async Task WordsAsync()
    {
        foreach (var piece in reply.Pieces)
        {
            _tokens++;
            for (var i = 0; i < request.Choices; i++) await ChunkAsync(i, new JsonObject { ["content"] = piece });
        }
    }

    /// <summary>The name first, then the arguments, cut where they hurt: right behind every backslash.</summary>
    private async Task CallAsync(Tool tool)
    {
        var whole = call.Profile.WholeToolCalls;
        var first = new JsonObject { ["name"] = tool.Name, ["arguments"] = whole ? reply.Arguments : "" };
        for (var i = 0; i < request.Choices; i++)
            await ChunkAsync(i, Delta(new JsonObject { ["index"] = 0, ["id"] = $"call_{_id[9..17]}_{i}", ["type"] = "function", ["function"] = first.DeepClone() }));
        if (whole) return;
        foreach (var piece in Cut(reply.Arguments!))
        {
            _tokens++;
            for (var i = 0; i < request.Choices; i++)
                await ChunkAsync(i, Delta(new JsonObject { ["index"] = 0, ["function"] = new JsonObject { ["arguments"] = piece } }));
        }
    }

    private static JsonObject Delta(JsonObject toolCall) => new() { ["tool_calls"] = new JsonArray(toolCall) };

    private static IEnumerable<string> Cut(string arguments)
    {
        var from = 0;
        for (var at = 1; at <= arguments.Length; at++)
        {
            if (at < arguments.Length && (at - from < 4 || char.IsLowSurrogate(arguments[at])) && arguments[at - 1] != '\\') continue;
            yield return arguments[from..at];
            from = at;
        }
    }

    private async Task ChunkAsync(int index, JsonObject delta, string? finish = null)
    {
        var chunk = Head();
        chunk["choices"] = new JsonArray(new JsonObject { ["index"] = index, ["delta"] = delta, ["logprobs"] = null, ["finish_reason"] = finish });
        if (_place == "every" && Reports) chunk["usage"] = ChatParts.Usage(call, request.Conversation.PromptTokens, Math.Min(_tokens, reply.CompletionTokens), reply);
        else if (_place == "finish" && finish is not null) foreach (var usage in ChatParts.Usages(call, request, reply)) chunk["usage"] = usage;
        else if (Reports && call.Profile != Profile.Ollama) chunk["usage"] = null;
        if (request.Obfuscate) chunk["obfuscation"] = "padpad"[..(_tokens % 6)];
        await _events.SendAsync(chunk);
    }

    private async Task UsageAsync()
    {
        if (!Reports || _place == "finish") return;
        foreach (var usage in ChatParts.Usages(call, request, reply))
        {
            var chunk = Head();
            chunk["choices"] = new JsonArray();
            chunk["usage"] = usage;
            if (request.Obfuscate) chunk["obfuscation"] = "";
            await _events.SendAsync(chunk);
        }
        if (_place != "early") return;
        var late = Head();
        late["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = new JsonObject { ["audio"] = new JsonObject { ["expires_at"] = call.Now } } });
        late["usage"] = null;
        await _events.SendAsync(late);
    }

    private JsonObject Head() => ChatParts.Head(call, request, "chat.completion.chunk", _id);
}
