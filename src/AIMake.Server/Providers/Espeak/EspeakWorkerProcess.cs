using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace AIMake.Providers.Espeak;

/// <summary>
/// The hidden mode of our executable that speaks: reads requests from standard input until it closes. Nothing here touches the
/// host, configuration, network or database, so that it starts in tens of milliseconds and stays small.
/// </summary>
internal static class EspeakWorkerProcess
{
    /// <summary>The one argument that selects this mode.</summary>
    public const string Argument = "espeak-worker";

    /// <summary>Environment variable with the folder of espeak-ng-data when it is not where the library expects it.</summary>
    public const string DataPathVariable = "AIMAKE_ESPEAK_DATA";

    public static int Run()
    {
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        var writer = new EspeakFrameWriter(output);
        var rate = EspeakEngine.Start(writer, Environment.GetEnvironmentVariable(DataPathVariable));
        if (rate <= 0)
        {
            Console.Error.WriteLine($"espeak_Initialize failed: {rate}");
            return 2;
        }

        var hello = new byte[4 + Encoding.UTF8.GetByteCount(EspeakEngine.Version)];
        BinaryPrimitives.WriteInt32LittleEndian(hello, rate);
        Encoding.UTF8.GetBytes(EspeakEngine.Version, hello.AsSpan(4));
        writer.Frame(EspeakProtocol.Hello, hello);

        var header = new byte[EspeakProtocol.HeaderLength];
        while (input.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length)
        {
            var (kind, length) = EspeakProtocol.ReadHeader(header);
            var payload = new byte[length];
            input.ReadExactly(payload);
            Answer(kind, payload, writer);
        }
        return 0;
    }

    private static void Answer(byte kind, ReadOnlySpan<byte> payload, EspeakFrameWriter writer)
    {
        switch (kind)
        {
            case EspeakProtocol.Speak:
                writer.Begin();
                var voiceLength = payload[4];
                var error = EspeakEngine.Speak(
                    Encoding.ASCII.GetString(payload.Slice(5, voiceLength)),
                    BinaryPrimitives.ReadInt32LittleEndian(payload),
                    payload[(5 + voiceLength)..]);
                if (error is null) writer.Frame(EspeakProtocol.End, []);
                else writer.Frame(EspeakProtocol.Error, Encoding.ASCII.GetBytes(error));
                break;
            case EspeakProtocol.ListVoices:
                writer.Frame(EspeakProtocol.Voices, JsonSerializer.SerializeToUtf8Bytes(EspeakEngine.ListVoices()));
                break;
            default:
                throw new InvalidDataException($"Unknown request {kind}.");
        }
    }
}
