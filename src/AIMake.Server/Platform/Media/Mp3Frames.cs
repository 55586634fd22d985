namespace AIMake.Platform.Media;

/// <summary>Cuts a constant-rate MP3 stream at frame borders and says how many frames have passed.</summary>
internal sealed class Mp3Frames(int sampleRate)
{
    /// <summary>Samples before the first input sample comes out of a decoder: 576 of the encoder, 529 of the decoder.</summary>
    public const int Delay = 1105;

    /// <summary>Samples per frame: MPEG-1 above 24 kHz has two granules in a frame, MPEG-2 and 2.5 have one.</summary>
    public int FrameSamples { get; } = sampleRate >= 32_000 ? 1152 : 576;

    public long Seen { get; private set; }

    /// <summary>Length of the frame that starts with this header. Layer, rate and bit rate are ours, only the padding varies.</summary>
    public int LengthOf(ReadOnlySpan<byte> header)
    {
        if (header[0] != 0xff || (header[1] & 0xe6) != 0xe2) throw new MediaException(MediaFault.EncoderFailed, "not an MP3 frame");
        return FrameSamples / 8 * FfmpegCommand.Mp3BitRate / sampleRate + ((header[2] >> 1) & 1);
    }

    /// <summary>How many bytes at the start of <paramref name="bytes"/> are whole frames, of which no more than <paramref name="limit"/> in all.</summary>
    public int Take(ReadOnlySpan<byte> bytes, long limit)
    {
        var taken = 0;
        while (Seen < limit && bytes.Length - taken >= 4 && LengthOf(bytes[taken..]) is var length && length <= bytes.Length - taken)
        {
            taken += length;
            Seen++;
        }
        return taken;
    }
}
