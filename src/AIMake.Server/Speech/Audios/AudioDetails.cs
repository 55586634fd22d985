using System.Text.Json;
using AIMake.Library.Storage;
using AIMake.Platform.Http;

namespace AIMake.Speech;

/// <summary>What lists show of an audio beside what every asset has; kept with the library's row.</summary>
internal sealed record AudioDetails(string VoiceId, string Model, double Speed, string Format)
{
    public static AudioDetails Of(AssetRow row) => row.Details.Deserialize<AudioDetails>(JsonFaults.Stored)!;

    public JsonElement ToJson() => JsonSerializer.SerializeToElement(this, JsonFaults.Stored);
}
