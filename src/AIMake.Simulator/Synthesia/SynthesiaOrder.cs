using System.Text.Json;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.Synthesia;

/// <summary>The body of <c>POST /v2/videos</c>, checked as strictly as the service does: a member it does not know is refused.</summary>
internal static class SynthesiaOrder
{
    private const int MostScenes = 25;

    private static readonly string[] Film =
    [
        "input", "test", "title", "description", "visibility", "aspectRatio", "callbackId", "ctaSettings", "folderId", "soundtrack", "soundSettings",
    ];

    private static readonly string[] Scene =
    [
        "avatar", "background", "scriptText", "scriptAudio", "scriptLanguage", "avatarSettings", "backgroundSettings", "soundSettings", "transition",
    ];

    private static readonly string[] Avatar = ["style", "horizontalAlign", "scale", "voice", "backgroundColor", "seamless"];

    private static readonly string[] Ratios = ["16:9", "9:16", "1:1", "4:5", "5:4"];

    /// <returns>The order, or why it is refused.</returns>
    public static (JsonObject? Order, string? Error) Read(byte[] bytes)
    {
        if (Parse(bytes) is not { } order) return (null, "Invalid JSON");
        if (Strange(order, Film) is { } strange) return (null, $"Unknown field: {strange}");
        if (order["input"] is not JsonArray { Count: > 0 and <= MostScenes } scenes) return (null, "input must hold 1 to 25 scenes");
        if (order["aspectRatio"] is { } ratio && !Ratios.Contains(ratio.ToString())) return (null, "Invalid aspectRatio");
        foreach (var scene in scenes)
        {
            if (scene is not JsonObject members) return (null, "A scene must be an object");
            if (Strange(members, Scene) is { } unknown) return (null, $"Unknown field: {unknown}");
            if (members["avatar"]?.ToString() is not { Length: > 0 } avatar || members["background"] is null) return (null, "avatar and background are required");
            if (avatar.StartsWith("nobody", StringComparison.Ordinal)) return (null, "Avatar not found");
            if (members["scriptText"] is null && members["scriptAudio"] is null) return (null, "scriptText or scriptAudio is required");
            if (members["avatarSettings"] is JsonObject settings && Settings(settings) is { } refused) return (null, refused);
        }
        return (order, null);
    }

    public static JsonObject? Parse(byte[] bytes)
    {
        try
        {
            return JsonNode.Parse(bytes) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Settings(JsonObject settings) =>
        Strange(settings, Avatar) is { } strange ? $"Unknown field: {strange}"
        : settings["style"]?.ToString() == "circular" && settings["horizontalAlign"] is not null ? "horizontalAlign cannot be used with circular"
        : null;

    private static string? Strange(JsonObject members, string[] known) => members.Select(member => member.Key).FirstOrDefault(name => !known.Contains(name));
}
