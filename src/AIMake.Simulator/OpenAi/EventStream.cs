using System.Text;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.OpenAi;

/// <summary>An answer in events, with the accidents that the switches ask for.</summary>
/// <param name="lineEnd">LF, or CR LF as the audio endpoints write it.</param>
internal sealed class EventStream(OpenAiCall call, string lineEnd = "\n")
{
    private readonly Wire _wire = new(call);
    private readonly string _lineEnd = call.Faults.Crlf ? "\r\n" : lineEnd;
    private int _events;

    public Task StartAsync()
    {
        call.Response.ContentType = call.Faults.Malformed == "contentType" ? "text/html" : "text/event-stream; charset=utf-8";
        return call.Response.StartAsync(call.Ct);
    }

    /// <param name="name">For the <c>event</c> line; none when left out.</param>
    public async Task SendAsync(JsonNode data, string? name = null)
    {
        var faults = call.Faults;
        if (faults.SlowMs is { } wait) await Task.Delay(wait, call.Ct);
        if (faults.ErrorAfterEvents == _events) await FailAsync(name is not null);
        if (faults.StallAfterEvents == _events) await _wire.StallAsync();
        var text = Text(data.ToJsonString(Formats.Plain), name);
        if (faults.CutAfterEvents == _events)
        {
            if (faults.CutHow == "half") await _wire.WriteAsync(Encoding.UTF8.GetBytes(text[..(text.Length / 2)]));
            await _wire.CutAsync();
        }
        if (faults.PingEvents) text = $": ping{_lineEnd}{_lineEnd}{text}";
        await _wire.WriteAsync(Encoding.UTF8.GetBytes(text));
        _events++;
    }

    public async Task DoneAsync()
    {
        if (call.Faults.CutAfterEvents is { } cut && cut >= _events) await _wire.CutAsync();
        await _wire.WriteAsync(Encoding.UTF8.GetBytes(Text("[DONE]", null)));
    }

    /// <summary>A failure in the middle, as each server tells it, or does not.</summary>
    private async Task FailAsync(bool named)
    {
        var error = OpenAiErrors.Switched(500, null);
        switch (call.Profile.Name)
        {
            case "ollama": // the reason is lost: one empty chunk, then nothing
                await _wire.WriteAsync(Encoding.UTF8.GetBytes(Text("""{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""", null)));
                break;
            case "llamacpp":
                await _wire.WriteAsync(Encoding.UTF8.GetBytes($"error: {OpenAiErrors.Body(call.Profile, error)["error"]!.ToJsonString()}{_lineEnd}{_lineEnd}"));
                break;
            default:
                var body = named
                    ? new JsonObject { ["type"] = "error", ["code"] = "server_error", ["message"] = error.Message, ["param"] = null, ["sequence_number"] = _events }
                    : OpenAiErrors.Body(call.Profile, error);
                await _wire.WriteAsync(Encoding.UTF8.GetBytes(Text(body.ToJsonString(), named ? "error" : null)));
                break;
        }
        throw new AnswerEndsException();
    }

    private string Text(string data, string? name) => $"{(name is null ? "" : $"event: {name}{_lineEnd}")}data: {data}{_lineEnd}{_lineEnd}";
}
