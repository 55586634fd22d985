using System.Text.Json;
using AIMake.Platform.Http;

namespace AIMake.Video.Making;

/// <summary>What a run leaves to the next one about a task that is being made.</summary>
/// <param name="Polls">Questions asked so far.</param>
/// <param name="Misses">Of those, how many failed in a row.</param>
/// <param name="Unknown">How often in a row the vendor did not know the task.</param>
/// <param name="Fetches">How often what was made could not be taken over.</param>
internal sealed record WatchState(int Polls, int Misses, int Unknown, int Fetches)
{
    public static readonly WatchState First = new(0, 0, 0, 0);

    public static WatchState Of(JsonElement state) =>
        state.ValueKind == JsonValueKind.Object ? state.Deserialize<WatchState>(JsonFaults.Stored)! : First;

    public JsonElement ToJson() => JsonSerializer.SerializeToElement(this, JsonFaults.Stored);
}
