using System.Globalization;

namespace AIMake.Simulator.ElevenLabs;

/// <summary>A value of <c>output_format</c>.</summary>
/// <param name="Sound">The simulator's own name of the format.</param>
internal sealed record ElevenLabsFormat(string Sound, int SampleRate)
{
    private static readonly string[] Streamed =
    [
        "mp3_22050_32", "mp3_24000_48", "mp3_44100_32", "mp3_44100_64", "mp3_44100_96", "mp3_44100_128", "mp3_44100_192",
        "pcm_8000", "pcm_16000", "pcm_22050", "pcm_24000", "pcm_32000", "pcm_44100", "pcm_48000", "ulaw_8000", "alaw_8000",
        "opus_48000_32", "opus_48000_64", "opus_48000_96", "opus_48000_128", "opus_48000_192",
    ];

    private static readonly string[] Whole = ["wav_8000", "wav_16000", "wav_22050", "wav_24000", "wav_32000", "wav_44100", "wav_48000"];

    /// <summary>Only the documented type is named; whatever else comes is bytes, so that nobody relies on it.</summary>
    public string ContentType => Sound == "mp3" ? "audio/mpeg" : "application/octet-stream";

    /// <param name="streamed">Some formats exist only where the answer is sent whole.</param>
    /// <returns>Null for a value the service does not know.</returns>
    public static ElevenLabsFormat? Find(string? value, bool streamed)
    {
        value = string.IsNullOrEmpty(value) ? "mp3_44100_128" : value;
        if (!Streamed.Contains(value) && (streamed || !Whole.Contains(value))) return null;
        var parts = value.Split('_');
        return new ElevenLabsFormat(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
