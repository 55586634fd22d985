using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace AIMake.Platform.Redis;

/// <summary>
/// An answer of RESP2, the protocol of Redis (https://redis.io/docs/latest/develop/reference/protocol-spec): a simple string, an
/// error, an integer, a bulk string, nothing, or a list of answers.
/// </summary>
internal abstract record RedisReply
{
    private const int Deepest = 8;
    private const int LongestBulk = 16 << 20;
    private const int LongestList = 1 << 20;

    public sealed record Text(string Value) : RedisReply;

    public sealed record Error(string Message) : RedisReply;

    public sealed record Integer(long Value) : RedisReply;

    public sealed record Bulk(byte[] Value) : RedisReply
    {
        public override string ToString() => Encoding.UTF8.GetString(Value);
    }

    public sealed record Nil : RedisReply
    {
        public static readonly Nil Instance = new();
    }

    public sealed record List(IReadOnlyList<RedisReply> Items) : RedisReply;

    /// <summary>Reads one answer from the front of what has arrived.</summary>
    /// <returns>False when it has not wholly arrived; the buffer is then as it was.</returns>
    /// <exception cref="RedisException">It is not RESP2, or larger than anything we ask for.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out RedisReply reply)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (!TryRead(ref reader, 0, out reply))
        {
            return false;
        }

        buffer = buffer.Slice(reader.Position);
        return true;
    }

    private static bool TryRead(ref SequenceReader<byte> reader, int depth, out RedisReply reply)
    {
        reply = Nil.Instance;
        if (depth > Deepest)
        {
            throw new RedisException("nested too deep");
        }

        if (!reader.TryReadTo(out ReadOnlySequence<byte> line, "\r\n"u8))
        {
            return reader.Remaining > LongestBulk ? throw new RedisException("a line without end") : false;
        }

        if (line.IsEmpty)
        {
            throw new RedisException("an empty line");
        }

        var (kind, rest) = (line.FirstSpan[0], line.Slice(1));
        switch (kind)
        {
            case (byte)'+':
                reply = new Text(Encoding.UTF8.GetString(rest));
                return true;
            case (byte)'-':
                reply = new Error(Encoding.UTF8.GetString(rest));
                return true;
            case (byte)':':
                reply = new Integer(Number(rest));
                return true;
            case (byte)'$':
                return TryReadBulk(ref reader, Length(rest, LongestBulk), out reply);
            case (byte)'*':
                return TryReadList(ref reader, Length(rest, LongestList), depth, out reply);
            default:
                throw new RedisException($"an answer that begins with byte {kind}");
        }
    }

    private static bool TryReadBulk(ref SequenceReader<byte> reader, int length, out RedisReply reply)
    {
        reply = Nil.Instance;
        if (length < 0)
        {
            return true;
        }

        if (reader.Remaining < length + 2)
        {
            return false;
        }

        var bytes = new byte[length];
        reader.TryCopyTo(bytes);
        reader.Advance(length);
        if (!reader.IsNext("\r\n"u8, advancePast: true))
        {
            throw new RedisException("a string longer than it said");
        }

        reply = new Bulk(bytes);
        return true;
    }

    private static bool TryReadList(ref SequenceReader<byte> reader, int length, int depth, out RedisReply reply)
    {
        reply = Nil.Instance;
        if (length < 0)
        {
            return true;
        }

        var items = new List<RedisReply>(Math.Min(length, 16));
        for (var i = 0; i < length; i++)
        {
            if (!TryRead(ref reader, depth + 1, out var item))
            {
                return false;
            }

            items.Add(item);
        }

        reply = new List(items);
        return true;
    }

    private static int Length(in ReadOnlySequence<byte> text, int most) =>
        Number(text) is var length && length >= -1 && length <= most ? (int)length : throw new RedisException($"a length of {length}");

    private static long Number(in ReadOnlySequence<byte> text)
    {
        Span<byte> digits = stackalloc byte[20];
        if (text.IsEmpty || text.Length > digits.Length)
        {
            throw new RedisException("a number that is none");
        }

        text.CopyTo(digits);
        return Utf8Parser.TryParse(digits[..(int)text.Length], out long value, out var used) && used == text.Length ? value : throw new RedisException("a number that is none");
    }
}

/// <summary>Redis is away, refused, or answered nonsense. Never says what was sent.</summary>
internal sealed class RedisException(string message, Exception? inner = null) : Exception($"Redis: {message}", inner);
