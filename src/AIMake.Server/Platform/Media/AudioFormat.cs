using System.Text.Json.Serialization;

namespace AIMake.Platform.Media;

/// <summary>The audio formats we hand out.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AudioFormat>))]
internal enum AudioFormat
{
    /// <summary>MPEG layer 3, constant 64 kbit/s, mono: plays everywhere.</summary>
    [JsonStringEnumMemberName("mp3")]
    Mp3,

    /// <summary>16-bit PCM in RIFF: no loss, large.</summary>
    [JsonStringEnumMemberName("wav")]
    Wav,

    /// <summary>Opus in Ogg, 48 kbit/s: the smallest.</summary>
    [JsonStringEnumMemberName("opus")]
    Opus,

    /// <summary>FLAC: no loss, half the size of WAV.</summary>
    [JsonStringEnumMemberName("flac")]
    Flac,

    /// <summary>AAC-LC, 64 kbit/s: streamed as ADTS, kept in an MP4 container (see <see cref="FinishedFiles"/>).</summary>
    [JsonStringEnumMemberName("aac")]
    Aac,

    /// <summary>Bare samples at 24 kHz, 16-bit, mono, little-endian; kept as WAV, for nothing about bare samples says what they are.</summary>
    [JsonStringEnumMemberName("pcm")]
    Pcm,
}

/// <summary>Names, media types and file extensions of the formats.</summary>
internal static class AudioFormats
{
    /// <summary>The names as they appear in requests.</summary>
    public static readonly IReadOnlyList<string> Names = ["mp3", "wav", "opus", "flac", "aac", "pcm"];

    /// <summary>Exact names only: a format is a contract word, not something to guess.</summary>
    public static bool TryParse(string? name, out AudioFormat format)
    {
        var index = -1;
        for (var i = 0; i < Names.Count; i++)
            if (Names[i] == name) index = i;
        format = (AudioFormat)Math.Max(index, 0);
        return index >= 0;
    }

    public static string Name(this AudioFormat format) => Names[(int)format];

    /// <summary>Extension of a kept file.</summary>
    public static string Extension(this AudioFormat format) => format switch
    {
        AudioFormat.Aac => "m4a",
        AudioFormat.Pcm => "wav",
        _ => format.Name(),
    };

    /// <summary>Media type of a kept file.</summary>
    public static string FileMimeType(this AudioFormat format) => format switch
    {
        AudioFormat.Aac => "audio/mp4",
        AudioFormat.Pcm => "audio/wav",
        _ => format.MimeType(),
    };

    /// <summary>Media type of a stream.</summary>
    public static string MimeType(this AudioFormat format) => format switch
    {
        AudioFormat.Mp3 => "audio/mpeg",
        AudioFormat.Wav => "audio/wav",
        AudioFormat.Opus => "audio/ogg",
        AudioFormat.Flac => "audio/flac",
        AudioFormat.Aac => "audio/aac",
        AudioFormat.Pcm => "audio/pcm",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };
}
