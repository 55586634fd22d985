using AIMake.Platform.Outbound;
using AIMake.Providers.Audio;

namespace AIMake.Providers.ElevenLabs;

/// <summary>Sound as it is asked for and read: raw samples at a rate that every plan may have.</summary>
internal static class ElevenLabsSound
{
    public const int SampleRate = 24_000;

    public const string Query = "?output_format=pcm_24000";

    /// <summary>A cap no honest answer reaches: a second of sound for each character, and a minute.</summary>
    public static OutboundLimits Limits(int characters) => new() { MaxBytes = (60L + characters) * SampleRate * 2 };

    /// <summary>
    /// The answer's sound, and last what was counted. The content type is believed only where it says that there is no sound:
    /// the vendor documents one type for all formats.
    /// </summary>
    public static async IAsyncEnumerable<SpeechChunk> ReadAsync(
        OutboundResponse response, int characters, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var type = response.MediaType;
        if (type.Length > 0 && !type.StartsWith("audio/", StringComparison.Ordinal) && type is not ("application/octet-stream" or "binary/octet-stream"))
            throw ProviderFaults.Invalid("not the sound asked for, by its content type");
        await foreach (var chunk in PcmBody.ReadAsync(response.Body, SampleRate, rawAllowed: true, ct)) yield return chunk;
        yield return new SpeechChunk(ReadOnlyMemory<byte>.Empty, SampleRate, new SpeechUsage(characters, null));
    }
}
