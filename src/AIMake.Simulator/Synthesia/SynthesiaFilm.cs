using System.Globalization;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.Synthesia;

/// <summary>One film: what was ordered, and how far it is.</summary>
internal sealed class SynthesiaFilm(string id, string key, JsonObject order, long createdAt)
{
    private const int AsksUntilDone = 2;
    private const int LinkSeconds = 600;

    private static long _orders;
    private int _asked;

    public string Id => id;

    public string Key => key;

    public long Order { get; } = Interlocked.Increment(ref _orders);

    public string Status { get; private set; } = "in_progress";

    public string? Ratio => (string?)order["aspectRatio"];

    /// <summary>About as long as the words take to say: 15 characters a second, at least one second and at most ten.</summary>
    public int Seconds => Math.Clamp(order["input"]!.AsArray().Sum(scene => ((string?)scene!["scriptText"] ?? "").Length) / 15, 1, 10);

    /// <returns>True when this asking was the one that found it ended.</returns>
    public bool Ask()
    {
        if (Interlocked.Increment(ref _asked) <= AsksUntilDone) return false;
        return Finish();
    }

    /// <returns>True when it had not ended before.</returns>
    public bool Finish()
    {
        if (Status != "in_progress") return false;
        var title = (string?)order["title"] ?? "";
        Status = title.StartsWith("error", StringComparison.Ordinal) ? "error" : title.StartsWith("rejected", StringComparison.Ordinal) ? "rejected" : "complete";
        return true;
    }

    /// <summary>Links are other ones each time and hold for ten minutes.</summary>
    /// <param name="address">Of this simulator.</param>
    public JsonObject Describe(string address, TimeProvider time)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var video = new JsonObject
        {
            ["id"] = id, ["status"] = Status, ["title"] = (string?)order["title"] ?? "", ["description"] = (string?)order["description"] ?? "",
            ["visibility"] = (string?)order["visibility"] ?? "private", ["createdAt"] = createdAt, ["lastUpdatedAt"] = now,
        };
        if ((string?)order["callbackId"] is { } callback) video["callbackId"] = callback;
        if (Status != "complete") return video;
        var files = $"{address}/synthesia/files/{id}";
        var pass = string.Create(CultureInfo.InvariantCulture, $"Expires={now + LinkSeconds}&Signature={Guid.NewGuid():N}");
        video["download"] = $"{files}.mp4?{pass}";
        video["duration"] = string.Create(CultureInfo.InvariantCulture, $"0:00:{Seconds:D2}.000000");
        video["captions"] = new JsonObject { ["srt"] = $"{files}.srt?{pass}", ["vtt"] = null };
        video["thumbnail"] = new JsonObject { ["image"] = $"{files}.jpg?{pass}", ["gif"] = null };
        return video;
    }
}
