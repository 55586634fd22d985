using System.Text.Json.Nodes;

namespace AIMake.Simulator.Creem;

/// <summary>A refusal in Creem's words.</summary>
internal sealed class CreemRefusal(int status, string error, params string[] messages) : Exception(string.Join("; ", messages))
{
    public int Status => status;

    public static CreemRefusal Bad(params string[] messages) => new(400, "Bad Request", messages);

    public static CreemRefusal NoSuch(string kind) => new(404, "Bad Request", $"{kind} not found");

    public JsonObject ToJson(string traceId, DateTimeOffset at)
    {
        var body = new JsonObject { ["trace_id"] = traceId, ["status"] = status, ["error"] = error, ["timestamp"] = at.ToUnixTimeMilliseconds() };
        if (messages.Length > 0) body["message"] = new JsonArray([.. messages.Select(message => (JsonNode)message)]);
        return body;
    }
}
