using System.Text.Json;
using AIMake.Catalog;
using AIMake.Gateway.Bodies;
using AIMake.Platform.Faults;
using AIMake.Providers;

namespace AIMake.Gateway.Translation;

/// <summary>
/// A chat of OpenAI's shape in the terms of a seam. What the vendor cannot be told and would change what the answer means is refused
/// by its name; what only shades the answer is left behind. <c>docs/declarative-providers.md</c> lists which is which.
/// </summary>
internal sealed class ChatTranslation(Model model, ChatReach reach)
{
    /// <summary>Members of a request that the gateway itself acts upon.</summary>
    private static readonly HashSet<string> Ours = ["model", "messages", "stream", "stream_options", "n", "max_tokens", "max_completion_tokens"];

    /// <summary>Wishes that shade an answer, and what concerns nothing but OpenAI's own house.</summary>
    private static readonly HashSet<string> Harmless =
    [
        "temperature", "top_p", "presence_penalty", "frequency_penalty", "seed", "reasoning_effort", "verbosity", "prediction", "parallel_tool_calls",
        "user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "metadata", "store", "service_tier",
    ];

    private static readonly HashSet<string> OfTools = ["tools", "tool_choice", "functions", "function_call"];

    /// <summary>Faults name the member, as OpenAI's <c>param</c> does.</summary>
    /// <param name="upstreamModel">The model's id at the vendor.</param>
    public Outcome<ChatRequest> Translate(GatewayBody body, string upstreamModel)
    {
        try
        {
            var root = JsonElement.Parse(body.Bytes.Span);
            if (body.Count > 1)
            {
                return Unsupported("n");
            }

            return (Messages(root.GetProperty("messages")) ?? Options(root)) is { } fault ? fault : Request(root, body, upstreamModel);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new Fault(FaultCodes.MalformedJson); // half a surrogate pair
        }
    }

    /// <summary>An answer the client set no limit for has that of the catalog: it is what has been set aside.</summary>
    private ChatRequest Request(JsonElement root, GatewayBody body, string upstreamModel)
    {
        var options = root.EnumerateObject().Where(m => !Ours.Contains(m.Name) && m.Value.ValueKind is not JsonValueKind.Null && Reaches(m.Name));
        return new ChatRequest(
            upstreamModel, [.. root.GetProperty("messages").EnumerateArray()], body.MaxOutputTokens ?? model.Limits?.OutputTokens,
            JsonSerializer.SerializeToElement(options.ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal)));
    }

    private Fault? Messages(JsonElement messages)
    {
        if (messages.ValueKind is not JsonValueKind.Array || messages.GetArrayLength() == 0)
        {
            return Fault.Invalid("messages", new Said("it must be a list with at least one message", "必须是至少包含一条消息的列表"));
        }

        var (number, spoken) = (0, 0);
        foreach (var message in messages.EnumerateArray())
        {
            var name = $"messages[{number++}]";
            if (message.ValueKind is not JsonValueKind.Object || !message.TryGetProperty("role", out var role) || role.ValueKind is not JsonValueKind.String)
            {
                return Fault.Invalid(name, new Said("it must be an object with a role", "必须是带有 role 的对象"));
            }

            var system = role.GetString() is "system" or "developer";
            if ((system && !reach.System) || (!system && ++spoken > 1 && !reach.Turns))
            {
                return Unsupported(name);
            }

            if (!reach.Tools && (role.GetString() is "tool" or "function" || Has(message, "tool_calls") || Has(message, "function_call")))
            {
                return Unsupported(name);
            }

            if (Content(message, name) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private Fault? Content(JsonElement message, string name)
    {
        if (!message.TryGetProperty("content", out var content) || content.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        if (content.ValueKind is JsonValueKind.String)
        {
            content.GetString();
            return null;
        }

        if (content.ValueKind is not JsonValueKind.Array)
        {
            return Fault.Invalid($"{name}.content", new Said("it must be a text or a list of parts", "必须是文本或内容列表"));
        }

        var number = 0;
        foreach (var part in content.EnumerateArray())
        {
            var place = $"{name}.content[{number++}]";
            if (part.ValueKind is not JsonValueKind.Object || !part.TryGetProperty("type", out var type) || type.ValueKind is not JsonValueKind.String)
            {
                return Fault.Invalid(place, new Said("it must be an object with a type", "必须是带有 type 的对象"));
            }

            var kind = type.GetString()!;
            if (kind is "text" && !(part.TryGetProperty("text", out var text) && text.ValueKind is JsonValueKind.String && text.GetString() is not null))
            {
                return Fault.Invalid(place, new Said("its text is missing", "缺少 text"));
            }

            if (kind is not ("text" or "refusal") && reach.Parts?.Contains(kind) == false)
            {
                return Unsupported($"{place}.{(kind.Length <= 40 ? kind : kind[..40])}");
            }
        }

        return null;
    }

    private Fault? Options(JsonElement root)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (!Ours.Contains(member.Name) && !Reaches(member.Name) && !Harmless.Contains(member.Name) && !SaysNothing(member))
            {
                return Unsupported(member.Name);
            }
        }

        return null;
    }

    private bool Reaches(string option) => (reach.Options is null || reach.Options.Contains(option)) && (reach.Tools || !OfTools.Contains(option));

    /// <summary>Values that ask for what would happen anyway.</summary>
    private static bool SaysNothing(JsonProperty member) => member.Value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Array => member.Value.GetArrayLength() == 0 || (member.Name is "modalities" && member.Value.EnumerateArray().All(m => m.ValueEquals("text"))),
        JsonValueKind.Object => !member.Value.EnumerateObject().Any() || (member.Name is "response_format" && member.Value.TryGetProperty("type", out var type) && type.ValueEquals("text")),
        JsonValueKind.String => member.Name is "tool_choice" or "function_call" && member.Value.GetString() is "none" or "auto",
        _ => false,
    };

    private static bool Has(JsonElement message, string name) => message.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null;

    private Fault Unsupported(string member) => new(FaultCodes.UnsupportedParameter, member, model.Id) { Field = member };
}
