using System.Text.Json;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.Runway;

/// <summary>An order, checked as the service does: everything that is wrong with it at once, in the words of its validator.</summary>
internal sealed class RunwayOrder(JsonObject body, Func<string, bool> uploaded)
{
    private const int LongestPrompt = 1000;
    private const int LongestDataUri = 5 * 1024 * 1024;
    private readonly JsonArray _issues = [];

    public string ModelId { get; private set; } = "";

    public string Prompt { get; private set; } = "";

    public string Ratio { get; private set; } = "";

    public int Seconds { get; private set; } = 5;

    public int Credits { get; private set; }

    /// <summary>What is wrong; empty when nothing is.</summary>
    public JsonArray Check(IReadOnlyDictionary<string, RunwayModel> models, bool image, bool clip)
    {
        if (Text("model") is not { } id) return Missing("model", "string");
        if (!models.TryGetValue(id, out var model)) return Issue("invalid_union", "Invalid input", "model", new() { ["note"] = "No matching discriminator" });
        ModelId = id;
        CheckPrompt(model);
        if (Text("ratio") is not { } ratio) Missing("ratio", "string");
        else if (!model.Ratios.Contains(ratio)) Issue("invalid_value", "Invalid option", "ratio", new() { ["values"] = new JsonArray([.. model.Ratios.Select(r => (JsonNode)r)]) });
        else Ratio = ratio;
        if (clip) CheckSeconds(model);
        if (image) CheckImage(body["promptImage"], "promptImage");
        if (body["seed"] is JsonValue seed && seed.GetValueKind() != JsonValueKind.Number) Issue("invalid_type", "Invalid input: expected number", "seed");
        CheckReferences(model);
        Credits = clip ? model.CreditsPerSecond * Seconds : model.CreditsPerSecond;
        return _issues;
    }

    private void CheckPrompt(RunwayModel model)
    {
        if (Text("promptText") is not { } prompt)
        {
            if (model.NeedsPrompt || body.ContainsKey("promptText")) Missing("promptText", "string");
            return;
        }
        if (prompt.Length == 0) Issue("too_small", "Too small: expected string to have >=1 characters", "promptText", new() { ["minimum"] = 1 });
        if (prompt.Length > LongestPrompt) Issue("too_big", $"Too big: expected string to have <={LongestPrompt} characters", "promptText", new() { ["maximum"] = LongestPrompt });
        Prompt = prompt;
    }

    private void CheckSeconds(RunwayModel model)
    {
        if (body["duration"] is not { } duration)
        {
            if (model.NeedsSeconds) Missing("duration", "number");
            return;
        }
        if (duration.GetValueKind() == JsonValueKind.Number && duration.AsValue().TryGetValue<int>(out var seconds) && model.Seconds.Contains(seconds)) Seconds = seconds;
        else Issue("invalid_value", "Invalid option", "duration", new() { ["values"] = new JsonArray([.. model.Seconds.Select(s => (JsonNode)s)]) });
    }

    private void CheckReferences(RunwayModel model)
    {
        var references = body["referenceImages"] as JsonArray ?? [];
        if (model.NeedsReferences && references.Count == 0) Missing("referenceImages", "array");
        if (references.Count > 3) Issue("too_big", "Too big: expected array to have <=3 items", "referenceImages", new() { ["maximum"] = 3 });
        foreach (var reference in references) CheckImage(reference?["uri"], "referenceImages");
    }

    /// <summary>One address, or a list of them with positions.</summary>
    private void CheckImage(JsonNode? image, string name)
    {
        var address = image switch
        {
            JsonArray { Count: > 0 } list => (string?)list[0]?["uri"],
            JsonValue value when value.GetValueKind() == JsonValueKind.String => (string?)value,
            _ => null,
        };
        if (address is null) Missing(name, "string");
        else if (address.StartsWith("runway://", StringComparison.Ordinal) ? !uploaded(address) : !IsDataUri(address) && !IsPublic(address))
            Issue("custom", "Invalid asset: expected an HTTPS URL, a runway:// URI or a data URI of an image", name);
    }

    private static bool IsDataUri(string address) =>
        address.Length <= LongestDataUri && (address.StartsWith("data:image/png;base64,", StringComparison.Ordinal) || address.StartsWith("data:image/jpeg;base64,", StringComparison.Ordinal) || address.StartsWith("data:image/webp;base64,", StringComparison.Ordinal));

    private static bool IsPublic(string address) =>
        address.Length <= 2048 && Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme == "https" && url.HostNameType == UriHostNameType.Dns;

    private string? Text(string name) => body[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? (string?)value : null;

    private JsonArray Missing(string name, string expected) => Issue("invalid_type", $"Invalid input: expected {expected}, received undefined", name, new() { ["expected"] = expected });

    private JsonArray Issue(string code, string message, string name, JsonObject? more = null)
    {
        var issue = new JsonObject { ["code"] = code, ["path"] = new JsonArray(name), ["message"] = message };
        foreach (var (key, value) in more ?? []) issue[key] = value?.DeepClone();
        _issues.Add(issue);
        return _issues;
    }
}
