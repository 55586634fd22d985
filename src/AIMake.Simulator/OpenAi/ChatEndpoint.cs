using System.Text.Json.Nodes;

namespace AIMake.Simulator.OpenAi;

/// <summary><c>POST /chat/completions</c>.</summary>
internal static class ChatEndpoint
{
    public static async Task AnswerAsync(OpenAiCall call)
    {
        var (request, error) = ChatRequest.Read(call, await call.ReadObjectAsync());
        if (request is null)
        {
            await call.RefuseAsync(error!);
            return;
        }
        var reply = Reply.To(request.Conversation, call.Faults.Reply);
        if (request.Stream) await new ChatStream(call, request, reply).SendAsync();
        else await call.WriteAsync(Whole(call, request, reply));
    }

    private static JsonObject Whole(OpenAiCall call, ChatRequest request, Reply reply)
    {
        var choices = new JsonArray();
        for (var i = 0; i < request.Choices; i++)
            choices.Add(new JsonObject { ["index"] = i, ["message"] = Message(reply), ["logprobs"] = null, ["finish_reason"] = reply.Finish });
        var answer = ChatParts.Head(call, request, "chat.completion", $"chatcmpl-{Guid.NewGuid():N}");
        answer["choices"] = choices;
        foreach (var usage in ChatParts.Usages(call, request, reply)) answer["usage"] = usage;
        return answer;
    }

    private static JsonObject Message(Reply reply)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = reply.Tool is null ? reply.Text : null, ["refusal"] = null, ["annotations"] = new JsonArray() };
        if (reply.Tool is { } tool)
            message["tool_calls"] = new JsonArray(new JsonObject
            {
                ["id"] = $"call_{Guid.NewGuid():N}", ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = tool.Name, ["arguments"] = reply.Arguments },
            });
        return message;
    }
}

/// <summary>What whole and streamed answers share.</summary>
internal static class ChatParts
{
    public static JsonObject Head(OpenAiCall call, ChatRequest request, string kind, string id)
    {
        var model = request.Conversation.Model;
        var head = new JsonObject { ["id"] = id, ["object"] = kind, ["created"] = call.Now, ["model"] = model.Snapshot ?? model.Id };
        if (call.Profile.TokenDetails) head["service_tier"] = "default";
        head["system_fingerprint"] = call.Profile == Profile.Ollama ? "fp_ollama" : "fp_simulated";
        return head;
    }

    /// <summary>The usage objects to be sent: one, or what a switch makes of it.</summary>
    public static IEnumerable<JsonNode> Usages(OpenAiCall call, ChatRequest request, Reply reply)
    {
        var (prompt, completion) = (request.Conversation.PromptTokens, (long)reply.CompletionTokens * request.Choices);
        return call.Faults.Usage switch
        {
            "none" => [],
            "twice" => [Usage(call, prompt, completion, reply), Usage(call, prompt, completion, reply)],
            "negative" => [Usage(call, -1, -1, reply)],
            "huge" => [Usage(call, 1_000_000_000_000_000_000, 1_000_000_000_000_000_000, reply)],
            "zero" => [Usage(call, 0, 0, reply)],
            "text" => [new JsonObject { ["prompt_tokens"] = "many", ["completion_tokens"] = null, ["total_tokens"] = new JsonArray() }],
            _ => [Usage(call, prompt, completion, reply)],
        };
    }

    public static JsonObject Usage(OpenAiCall call, long prompt, long completion, Reply reply)
    {
        var usage = new JsonObject { ["prompt_tokens"] = prompt, ["completion_tokens"] = completion, ["total_tokens"] = prompt + completion };
        if (!call.Profile.TokenDetails) return usage;
        usage["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = reply.Cached, ["audio_tokens"] = 0 };
        usage["completion_tokens_details"] = new JsonObject
        {
            ["reasoning_tokens"] = reply.Reasoning, ["audio_tokens"] = 0, ["accepted_prediction_tokens"] = 0, ["rejected_prediction_tokens"] = 0,
        };
        return usage;
    }
}
