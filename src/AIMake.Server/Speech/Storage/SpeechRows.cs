using System.Text.Json;

namespace AIMake.Speech.Storage;

/// <summary>Where a spoken segment lies.</summary>
internal sealed class SegmentRow
{
    public byte[] Digest { get; init; } = [];

    public Guid PackId { get; init; }

    public string FileKey { get; init; } = "";

    /// <summary>First byte in the pack.</summary>
    public long Position { get; init; }

    public int Samples { get; init; }

    public int SampleRate { get; init; }

    /// <summary>Whether its user was charged for it.</summary>
    public bool Paid { get; init; }
}

/// <summary>What an audio says.</summary>
internal sealed class AudioRow
{
    public Guid UserId { get; init; }

    public Guid Id { get; init; }

    public int Version { get; init; }

    public string Text { get; init; } = "";

    public string VoiceId { get; init; } = "";

    public decimal Speed { get; init; }

    public string Format { get; init; } = "";

    public JsonElement Timeline { get; init; }
}

/// <summary>Segments just spoken, one file of samples.</summary>
/// <param name="Id">Made from the job, its chunk and its epoch.</param>
internal sealed record NewPack(Guid Id, string FileKey, long Bytes, int SampleRate, IReadOnlyList<PackedSegment> Segments);

internal readonly record struct PackedSegment(Text.SegmentDigest Digest, long Position, int Samples);
