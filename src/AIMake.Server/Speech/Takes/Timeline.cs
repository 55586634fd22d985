using System.Text.Json;

namespace AIMake.Speech.Takes;

/// <summary>When a segment is heard, and which part of the text it is.</summary>
/// <param name="StartMs">First sound.</param>
/// <param name="EndMs">Last sound.</param>
/// <param name="Start">First character in the text, in UTF-16 units.</param>
/// <param name="End">One past the last character.</param>
internal readonly record struct TimelineEntry(long StartMs, long EndMs, int Start, int End);

/// <summary>The entries as they are stored: an array of arrays of four numbers, since a long text has thousands.</summary>
internal static class Timeline
{
    public static JsonElement ToJson(IEnumerable<TimelineEntry> entries) =>
        JsonSerializer.SerializeToElement(entries.Select(e => new[] { e.StartMs, e.EndMs, e.Start, e.End }));

    public static IReadOnlyList<TimelineEntry> FromJson(JsonElement json) =>
        [.. json.EnumerateArray().Select(e => new TimelineEntry(e[0].GetInt64(), e[1].GetInt64(), e[2].GetInt32(), e[3].GetInt32()))];
}
