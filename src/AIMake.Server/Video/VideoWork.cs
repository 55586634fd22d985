using System.Text.Json;
using AIMake.Catalog;
using AIMake.Generations;
using AIMake.Platform.Http;
using AIMake.Platform.Storage;

namespace AIMake.Video;

/// <summary>
/// What a video generation has to do, as its row keeps it and any node reads it again. The price is the one quoted, whatever
/// the catalog says later.
/// </summary>
/// <param name="Prompt">What is to be seen, or the script that is to be said.</param>
/// <param name="Seconds">Null where the length follows from the script.</param>
/// <param name="Price">Per second or per video.</param>
/// <param name="Units">Of the price, the most that will be charged.</param>
/// <param name="OwnKey">Made with the user's own provider key: costs no credits.</param>
/// <param name="Options">What only the vendor knows, by its own names.</param>
internal sealed record VideoWork(
    string Model, string Prompt, int? Seconds, VideoShape Shape, UnitPrice Price, long Units, bool OwnKey, DateTimeOffset OrderedAt,
    IReadOnlyDictionary<string, string>? Options = null)
{
    public const string Kind = "video";

    /// <summary>The first frame; null for video from words alone.</summary>
    public StoredFrame? Frame { get; init; }

    public static VideoWork Of(JsonElement stored) => stored.Deserialize<VideoWork>(JsonFaults.Stored)!;

    /// <summary>What it costs at most.</summary>
    public Quote ToQuote()
    {
        var line = VideoPricing.Line(this, Units);
        return new Quote(line.Credits, line.Credits, [line]);
    }
}

/// <summary>A first frame in the file store.</summary>
internal sealed record StoredFrame(string Key, long Bytes, string Sha256, string MimeType)
{
    public static StoredFrame Of(StoredFile file, string mimeType) => new(file.Key, file.Bytes, file.Sha256, mimeType);
}

/// <summary>A vendor's task as its generation keeps it, for whoever asks about it later.</summary>
/// <param name="Provider">Who took the order.</param>
/// <param name="KeyId">The key of ours it was ordered with; null with the user's own.</param>
/// <param name="CostMicroUsd">What the vendor takes for it, as far as is known now.</param>
internal sealed record VideoTicket(string Provider, Guid? KeyId, string TaskId, DateTimeOffset At, long? CostMicroUsd);
