using System.Buffers;
using System.Text;
using AIMake.Platform.Redis;

namespace AIMake.Tests.Platform.Redis;

public sealed class RedisReplyTests
{
    [Theory]
    [InlineData("+OK\r\n", "OK")]
    [InlineData("-ERR no\r\n", "!ERR no")]
    [InlineData(":-42\r\n", "-42")]
    [InlineData(":9223372036854775807\r\n", "9223372036854775807")]
    [InlineData("$5\r\na\r\nbc\r\n", "\"a\r\nbc\"")]
    [InlineData("$0\r\n\r\n", "\"\"")]
    [InlineData("$-1\r\n", "nil")]
    [InlineData("*-1\r\n", "nil")]
    [InlineData("*0\r\n", "[]")]
    [InlineData("*3\r\n:1\r\n*2\r\n$1\r\nx\r\n-E\r\n$-1\r\n", "[1,[\"x\",!E],nil]")]
    public void Answers_are_read_wherever_they_are_cut(string wire, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(wire + "+next\r\n");
        for (var cut = 0; cut < wire.Length; cut++)
        {
            var part = new ReadOnlySequence<byte>(bytes, 0, cut);
            Assert.False(RedisReply.TryRead(ref part, out _));
            Assert.Equal(cut, part.Length);
        }

        for (var cut = 1; cut < bytes.Length; cut++)
        {
            var whole = Join(bytes.AsMemory(0, cut), bytes.AsMemory(cut));
            Assert.True(RedisReply.TryRead(ref whole, out var reply));
            Assert.Equal(expected, Text(reply));
            Assert.Equal(7, whole.Length);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("\r\n")]
    [InlineData(":x\r\n")]
    [InlineData(":\r\n")]
    [InlineData(":99999999999999999999999\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$99999999999\r\n")]
    [InlineData("*9999999999\r\n")]
    [InlineData("$1\r\nabc\r\n")]
    [InlineData("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n")]
    public void Nonsense_is_refused(string wire) => Assert.Throws<RedisException>(() =>
    {
        var buffer = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(wire));
        RedisReply.TryRead(ref buffer, out _);
    });

    [Fact]
    public void A_command_is_bulk_strings_whatever_is_in_them()
    {
        var output = new ArrayBufferWriter<byte>();

        RedisCommand.Write(output, ["SET", "k\r\n", "钥"]);

        Assert.Equal("*3\r\n$3\r\nSET\r\n$3\r\nk\r\n\r\n$3\r\n钥\r\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("redis://localhost", "localhost", 6379, false, null, null, 0)]
    [InlineData("redis://:p%40ss@h:7000/3", "h", 7000, false, null, "p@ss", 3)]
    [InlineData("rediss://me:p:q@[::1]/", "::1", 6379, true, "me", "p:q", 0)]
    [InlineData("redis://secret@h", "h", 6379, false, null, "secret", 0)]
    public void Addresses_are_read(string url, string host, int port, bool tls, string? user, string? password, int database)
    {
        var address = RedisAddress.Parse(url)!;

        Assert.Equal(new RedisAddress(host, port, tls, user, password, database), address);
        Assert.Equal($"{host}:{port}", address.ToString());
    }

    [Theory]
    [InlineData("http://h")]
    [InlineData("redis://")]
    [InlineData("redis://h/x")]
    [InlineData("redis://h/-1")]
    [InlineData("redis://h?x=1")]
    [InlineData("h:6379")]
    public void What_is_no_address_is_refused_with_the_cure(string url)
    {
        Assert.Null(RedisAddress.Parse(url));
        Assert.Contains("redis://host:6379", Assert.Single(new RedisOptions { Url = url }.Validate(new(new object()))).ErrorMessage, StringComparison.Ordinal);
    }

    private static string Text(RedisReply reply) => reply switch
    {
        RedisReply.Text t => t.Value,
        RedisReply.Error e => $"!{e.Message}",
        RedisReply.Integer i => i.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        RedisReply.Bulk b => $"\"{b}\"",
        RedisReply.List l => $"[{string.Join(',', l.Items.Select(Text))}]",
        _ => "nil",
    };

    private static ReadOnlySequence<byte> Join(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
    {
        var head = new Segment(first, null);
        return new ReadOnlySequence<byte>(head, 0, new Segment(second, head), second.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
