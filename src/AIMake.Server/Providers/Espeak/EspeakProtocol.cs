using System.Buffers.Binary;

namespace AIMake.Providers.Espeak;

/// <summary>
/// What server and worker say to each other over the worker's standard input and output. A frame is one byte of kind, four bytes
/// of payload length (little-endian), the payload. A worker greets once with <see cref="Hello"/>, then answers each request with any
/// number of <see cref="Pcm"/> frames and exactly one of <see cref="End"/>, <see cref="Error"/> or <see cref="Voices"/>.
/// </summary>
internal static class EspeakProtocol
{
    public const int HeaderLength = 5;

    /// <summary>Request: four bytes of words per minute, one byte of voice name length, voice name (ASCII), text (UTF-8).</summary>
    public const byte Speak = (byte)'S';

    /// <summary>Request without payload; the answer's payload is JSON.</summary>
    public const byte ListVoices = (byte)'L';

    /// <summary>Four bytes of sample rate, then the engine's version in UTF-8.</summary>
    public const byte Hello = (byte)'H';

    /// <summary>Samples: 16 bits, signed, little-endian, mono.</summary>
    public const byte Pcm = (byte)'P';

    public const byte End = (byte)'E';

    /// <summary>Payload: one of the <c>Error…</c> words.</summary>
    public const byte Error = (byte)'X';

    public const byte Voices = (byte)'V';

    public const string ErrorVoice = "voice";
    public const string ErrorEngine = "engine";

    /// <summary>No frame in either direction is longer: a length beyond it means the other side is broken.</summary>
    public const int MaxPayload = 8 << 20;

    public static void WriteHeader(Span<byte> header, byte kind, int length)
    {
        header[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(header[1..], length);
    }

    public static (byte Kind, int Length) ReadHeader(ReadOnlySpan<byte> header)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(header[1..]);
        if (length is < 0 or > MaxPayload) throw new InvalidDataException($"A frame claims {length} bytes.");
        return (header[0], length);
    }

    /// <summary>A whole <see cref="Speak"/> frame.</summary>
    public static byte[] EncodeSpeak(string voice, int wordsPerMinute, string text)
    {
        var textLength = System.Text.Encoding.UTF8.GetByteCount(text);
        var frame = new byte[HeaderLength + 5 + voice.Length + textLength];
        WriteHeader(frame, Speak, frame.Length - HeaderLength);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(HeaderLength), wordsPerMinute);
        frame[HeaderLength + 4] = (byte)voice.Length;
        System.Text.Encoding.ASCII.GetBytes(voice, frame.AsSpan(HeaderLength + 5));
        System.Text.Encoding.UTF8.GetBytes(text, frame.AsSpan(HeaderLength + 5 + voice.Length));
        return frame;
    }
}
