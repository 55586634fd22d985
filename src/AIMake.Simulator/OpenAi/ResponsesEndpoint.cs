using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.OpenAi;

/// <summary>Responses that were asked to be kept; the latest thousand or so.</summary>
internal sealed class StoredResponses
{
    private const int Most = 1000;

    private readonly ConcurrentDictionary<string, JsonNode> _kept = new();

    public void Keep(string id, JsonNode response)
    {
        if (_kept.Count >= Most) _kept.Clear();
        _kept[id] = response.DeepClone();
    }

    public JsonNode? Find(string id) => _kept.GetValueOrDefault(id)?.DeepClone();

    public bool Remove(string id) => _kept.TryRemove(id, out _);
}

/// <summary><c>POST /responses</c>, and what was stored by it.</summary>
internal static class ResponsesEndpoint
{
    public static async Task AnswerAsync(OpenAiCall call)
    {
        var body = await call.ReadObjectAsync();
        var (asked, error) = body is { } root ? Read(call, root) : (null, OpenAiErrors.BadJson());
        if (asked is null)
        {
            await call.RefuseAsync(error!);
            return;
        }
        var reply = Reply.To(asked, call.Faults.Reply);
        var made = new ResponseMaker(call, body!.Value, asked, reply);
        if (!body.Value.TryGetProperty("store", out var store) || store.ValueKind != JsonValueKind.False)
            call.Service<StoredResponses>().Keep(made.Id, made.Finished());
        if (Member.True(body.Value, "stream")) await StreamAsync(call, made);
        else await call.WriteAsync(made.Finished());
    }

    public static Task FindAsync(OpenAiCall call, string id) =>
        call.Service<StoredResponses>().Find(id) is { } found ? call.WriteAsync(found) : call.RefuseAsync(OpenAiErrors.NotFound($"Response with id '{id}'"));

    public static Task DeleteAsync(OpenAiCall call, string id) =>
        call.Service<StoredResponses>().Remove(id)
            ? call.WriteAsync(new JsonObject { ["id"] = id, ["object"] = "response", ["deleted"] = true })
            : call.RefuseAsync(OpenAiErrors.NotFound($"Response with id '{id}'"));

    private static async Task StreamAsync(OpenAiCall call, ResponseMaker made)
    {
        var events = new EventStream(call);
        await events.StartAsync();
        foreach (var data in made.Events()) await events.SendAsync(data, (string)data["type"]!); // and no [DONE]
    }

    private static (Conversation?, OpenAiError?) Read(OpenAiCall call, JsonElement root)
    {
        var (model, unknown) = call.FindModel(Member.Text(root, "model"), ModelKind.Chat);
        if (model is null) return (null, unknown);
        if (!root.TryGetProperty("input", out var input)) return (null, OpenAiErrors.Bad("input", "Missing required parameter: 'input'.", "missing_required_parameter"));
        if (Member.Text(root, "previous_response_id") is { } previous && call.Service<StoredResponses>().Find(previous) is null)
            return (null, OpenAiErrors.Bad("previous_response_id", $"Previous response with id '{previous}' not found.", "previous_response_not_found"));
        var items = input.ValueKind == JsonValueKind.Array ? input.EnumerateArray().ToList() : [input];
        if (items.Count == 0) return (null, OpenAiErrors.Bad("input", "Invalid 'input': must not be empty."));
        var words = new StringBuilder(Member.Text(root, "instructions"));
        foreach (var item in items) words.Append(Words(item));
        return (new Conversation(
            model, words.ToString(), items.Count, Words(items[^1]), Member.Text(items[^1], "type") == "function_call_output", ReadTools(root), Forced(root),
            (int?)Member.Number(root, "max_output_tokens"), [], Schema(root)), null);
    }

    private static string Words(JsonElement item) =>
        Member.Text(item, "type") == "function_call_output" ? Member.Words(item, "output") : Member.Words(item, "content");

    private static List<Tool> ReadTools(JsonElement root) =>
        !root.TryGetProperty("tools", out var tools) || tools.ValueKind != JsonValueKind.Array || Member.Text(root, "tool_choice") == "none" ? []
        : [.. tools.EnumerateArray()
            .Where(tool => Member.Text(tool, "type") == "function" && Member.Text(tool, "name") is { Length: > 0 })
            .Select(tool => new Tool(Member.Text(tool, "name")!, tool.TryGetProperty("parameters", out var schema) ? schema : default))];

    private static string? Forced(JsonElement root) =>
        Member.Text(root, "tool_choice") == "required" ? "" : Member.Object(root, "tool_choice") is { } choice ? Member.Text(choice, "name") : null;

    private static JsonElement Schema(JsonElement root)
    {
        if (Member.Object(root, "text") is not { } text || Member.Object(text, "format") is not { } format) return default;
        return Member.Text(format, "type") switch
        {
            "json_object" => JsonElement.Parse("""{"properties":{"answer":{"type":"string"}}}"""),
            "json_schema" => Member.Object(format, "schema") ?? default,
            _ => default,
        };
    }
}

/// <summary>One response in all the states a caller may see it in.</summary>
internal sealed class ResponseMaker(OpenAiCall call, JsonElement body, Conversation asked, Reply reply)
{
    private readonly string _item = reply.Tool is null ? $"msg_{Guid.NewGuid():N}" : $"fc_{Guid.NewGuid():N}";
    private readonly string _call = $"call_{Guid.NewGuid():N}";
    private readonly long _created = call.Now;
    private int _sequence;

    public string Id { get; } = $"resp_{Guid.NewGuid():N}";

    public JsonObject Finished()
    {
        var cut = reply.Finish == "length";
        var response = State(cut ? "incomplete" : "completed");
        if (cut) response["incomplete_details"] = new JsonObject { ["reason"] = "max_output_tokens" };
        response["output"] = new JsonArray(Item("completed", whole: true));
        response["usage"] = Usage();
        return response;
    }

    public IEnumerable<JsonObject> Events()
    {
        yield return Event("response.created", ("response", State("in_progress")));
        yield return Event("response.in_progress", ("response", State("in_progress")));
        yield return Event("response.output_item.added", ("output_index", 0), ("item", Item("in_progress", whole: false)));
        foreach (var data in reply.Tool is null ? Words() : Arguments()) yield return data;
        yield return Event("response.output_item.done", ("output_index", 0), ("item", Item("completed", whole: true)));
        yield return Event(reply.Finish == "length" ? "response.incomplete" : "response.completed", ("response", Finished()));
    }

    private IEnumerable<JsonObject> Words()
    {
        yield return Content("response.content_part.added", ("part", Part("")));
        foreach (var piece in reply.Pieces) yield return Content("response.output_text.delta", ("delta", piece), ("logprobs", new JsonArray()));
        yield return Content("response.output_text.done", ("text", reply.Text), ("logprobs", new JsonArray()));
        yield return Content("response.content_part.done", ("part", Part(reply.Text)));
    }

    private IEnumerable<JsonObject> Arguments()
    {
        foreach (var piece in Tokens.Of(reply.Arguments!)) yield return Event("response.function_call_arguments.delta", ("item_id", _item), ("output_index", 0), ("delta", piece));
        yield return Event("response.function_call_arguments.done", ("item_id", _item), ("output_index", 0), ("name", reply.Tool!.Name), ("arguments", reply.Arguments));
    }

    private JsonObject Content(string type, params ReadOnlySpan<(string, JsonNode?)> members) =>
        Event(type, [("item_id", _item), ("output_index", 0), ("content_index", 0), .. members]);

    private JsonObject Event(string type, params ReadOnlySpan<(string Name, JsonNode? Value)> members)
    {
        var data = new JsonObject { ["type"] = type, ["sequence_number"] = _sequence++ };
        foreach (var (name, value) in members) data[name] = value;
        return data;
    }

    private static JsonObject Part(string text) => new() { ["type"] = "output_text", ["text"] = text, ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray() };

    private JsonObject Item(string status, bool whole) => reply.Tool is { } tool
        ? new() { ["id"] = _item, ["type"] = "function_call", ["status"] = status, ["name"] = tool.Name, ["call_id"] = _call, ["arguments"] = whole ? reply.Arguments : "" }
        : new() { ["id"] = _item, ["type"] = "message", ["status"] = status, ["role"] = "assistant", ["content"] = whole ? new JsonArray(Part(reply.Text)) : new JsonArray() };

    private JsonObject State(string status) => new()
    {
        ["id"] = Id, ["object"] = "response", ["created_at"] = _created, ["status"] = status, ["background"] = false, ["error"] = null,
        ["incomplete_details"] = null, ["instructions"] = Member.Text(body, "instructions"), ["max_output_tokens"] = asked.MaxTokens,
        ["model"] = asked.Model.Snapshot ?? asked.Model.Id, ["output"] = new JsonArray(), ["parallel_tool_calls"] = true,
        ["previous_response_id"] = Member.Text(body, "previous_response_id"), ["service_tier"] = "default", ["store"] = !body.TryGetProperty("store", out var store) || store.ValueKind != JsonValueKind.False,
        ["temperature"] = Member.Number(body, "temperature") ?? 1.0, ["tool_choice"] = "auto", ["tools"] = new JsonArray(), ["top_p"] = 1.0,
        ["truncation"] = "disabled", ["usage"] = null, ["metadata"] = new JsonObject(),
    };

    private JsonObject? Usage()
    {
        var (input, output) = call.Faults.Usage switch
        {
            "none" => (-2L, 0L),
            "negative" => (-1, -1),
            "huge" => (1_000_000_000_000_000_000, 1_000_000_000_000_000_000),
            "zero" => (0, 0),
            _ => (asked.PromptTokens, reply.CompletionTokens),
        };
        return input == -2 ? null : new JsonObject
        {
            ["input_tokens"] = input, ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = reply.Cached, ["cache_write_tokens"] = 0 },
            ["output_tokens"] = output, ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = reply.Reasoning }, ["total_tokens"] = input + output,
        };
    }
}
