using System.Buffers;
using System.Globalization;
using System.Text;

namespace AIMake.Platform.Redis;

/// <summary>Writes commands as RESP2 wants them: a list of bulk strings, whatever is in them.</summary>
internal static class RedisCommand
{
    public static void Write(IBufferWriter<byte> output, IReadOnlyList<string> arguments)
    {
        Head(output, '*', arguments.Count);
        foreach (var argument in arguments)
        {
            Head(output, '$', Encoding.UTF8.GetByteCount(argument));
            Encoding.UTF8.GetBytes(argument, output);
            output.Write("\r\n"u8);
        }
    }

    private static void Head(IBufferWriter<byte> output, char kind, int count)
    {
        Span<char> text = stackalloc char[16];
        text[0] = kind;
        count.TryFormat(text[1..], out var length, provider: CultureInfo.InvariantCulture);
        Encoding.ASCII.GetBytes(text[..(length + 1)], output);
        output.Write("\r\n"u8);
    }
}
