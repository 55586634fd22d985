using System.Text.Json.Nodes;

namespace AIMake.Simulator.Described;

/// <summary>
/// Anthropic's Messages API, streamed: what was read is told first, words in deltas, why it ended and what was written last. A
/// question with <c>[overloaded]</c> in it meets an error event instead.
/// </summary>
internal static class Messages
{
    public static async Task AnswerAsync(DescribedCall call)
    {
        var body = await call.ReadAsync();
        if (body?["max_tokens"] is null || body["messages"] is not JsonArray { Count: > 0 } messages || (string?)messages[^1]?["content"] is not { } question || (bool?)body["stream"] != true)
        {
            call.Context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await call.WriteAsync(Error("invalid_request_error"));
            return;
        }
        call.Booked.Model = (string?)body["model"];
        call.Context.Response.ContentType = "text/event-stream; charset=utf-8";
        if (question.Contains("[overloaded]", StringComparison.Ordinal))
        {
            await SendAsync(call, Error("overloaded_error"));
            return;
        }
        var words = $"You said: {question}".Split(' ');
        var most = (int)body["max_tokens"]!;
        var message = new JsonObject { ["id"] = "msg_1", ["role"] = "assistant", ["content"] = new JsonArray(), ["usage"] = new JsonObject { ["input_tokens"] = 9, ["output_tokens"] = 1 } };
        await SendAsync(call, new JsonObject { ["type"] = "message_start", ["message"] = message });
        await SendAsync(call, new JsonObject { ["type"] = "content_block_start", ["index"] = 0, ["content_block"] = new JsonObject { ["type"] = "text", ["text"] = "" } });
        await SendAsync(call, new JsonObject { ["type"] = "ping" });
        foreach (var (word, i) in words.Take(most).Select((word, i) => (word, i)))
            await SendAsync(call, new JsonObject { ["type"] = "content_block_delta", ["index"] = 0, ["delta"] = new JsonObject { ["type"] = "text_delta", ["text"] = i == 0 ? word : $" {word}" } });
        await SendAsync(call, new JsonObject { ["type"] = "content_block_stop", ["index"] = 0 });
        await SendAsync(call, new JsonObject
        {
            ["type"] = "message_delta",
            ["delta"] = new JsonObject { ["stop_reason"] = words.Length > most ? "max_tokens" : "end_turn", ["stop_sequence"] = null },
            ["usage"] = new JsonObject { ["output_tokens"] = Math.Min(words.Length, most) },
        });
        await SendAsync(call, new JsonObject { ["type"] = "message_stop" });
    }

    private static JsonObject Error(string type) => new() { ["type"] = "error", ["error"] = new JsonObject { ["type"] = type, ["message"] = "refused" } };

    private static async Task SendAsync(DescribedCall call, JsonObject data)
    {
        if (call.Faults.SlowMs is { } wait) await Task.Delay(wait, call.Context.RequestAborted);
        await call.Context.Response.WriteAsync($"event: {(string?)data["type"]}\ndata: {data.ToJsonString()}\n\n", call.Context.RequestAborted);
        await call.Context.Response.Body.FlushAsync(call.Context.RequestAborted);
    }
}
