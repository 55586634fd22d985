using System.Text;
using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.OpenAi;

namespace AIMake.Tests.Providers.OpenAi;

public sealed class SseReaderTests
{
    private const string Mixed =
        "\uFEFF: hello\n\nevent: a\ndata: {\"x\":\"你好 🎉\"}\n\ndata: one\r\ndata: two\r\n\r\n: ping\r\rdata:three\rdata\rdata:  four\r\r"
        + "id: 7\nretry: 10\nwhat: ever\ndata: {}\n\nerror: {\"code\":500}\n\nevent: named\n\ndata: last";

    private static readonly (string Name, string Data)[] MixedEvents =
        [("a", "{\"x\":\"你好 🎉\"}"), ("", "one\ntwo"), ("", "three\n\n four"), ("", "{}"), ("error", "{\"code\":500}"), ("named", ""), ("", "last")];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task Every_way_of_ending_lines_and_of_slicing_the_stream_gives_the_same_events(int slice) =>
        Assert.Equal(MixedEvents, await ReadAsync(Mixed, slice));

    [Fact]
    public async Task Random_slices_give_the_same_events()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            Assert.Equal(MixedEvents, await ReadAsync(Mixed, () => random.Next(1, 12)));
        }
    }

    [Fact]
    public async Task Nothing_is_read_behind_the_word_done()
    {
        Assert.Equal([("", "1"), ("", "[DONE]")], await ReadAsync("data: 1\n\ndata: [DONE]\n\ndata: 2\n\n"));
        Assert.Equal([("", "[DONE]")], await ReadAsync("data: [DONE]"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData(": ping\n\n: ping\n\n")]
    [InlineData("id: 1\n\n")]
    public async Task A_stream_without_events_has_none(string text) => Assert.Empty(await ReadAsync(text));

    [Theory]
    [InlineData("data: 1\n\n")]
    [InlineData("data: 1\r\n\r\n")]
    [InlineData("data: 1\r\r")]
    public async Task An_event_is_handed_out_when_its_blank_line_has_come_and_not_a_byte_later(string text)
    {
        using var reader = new SseReader(new Sliced(Encoding.UTF8.GetBytes(text), () => 1, thenSilent: true));

        var read = await reader.ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal("1", Encoding.UTF8.GetString(read!.Value.Data.Span));
    }

    [Fact]
    public async Task The_raw_bytes_of_events_are_the_stream_less_its_heartbeats()
    {
        const string stream = "data: 1\n\nevent: b\r\ndata: 2\r\ndata: 3\r\n\r\ndata: 你\n\n";
        using var reader = new SseReader(new Sliced(Encoding.UTF8.GetBytes(": ping\n\n" + stream), () => 2));
        var raw = new List<byte>();

        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { } read) raw.AddRange(read.Raw.Span);

        Assert.Equal(stream, Encoding.UTF8.GetString([.. raw]));
    }

    [Fact]
    public async Task An_event_may_be_as_long_as_the_limit_and_not_endless()
    {
        var longest = new string('x', 100_000);
        Assert.Equal([("", longest), ("", "y")], await ReadAsync($"data: {longest}\n\ndata: y\n\n", 4096, 120_000));

        var thrown = await Assert.ThrowsAsync<ProviderException>(() => ReadAsync($"data: {longest}\n\n", 4096, 90_000));
        Assert.Equal(ProviderFaultKind.InvalidResponse, thrown.Fault.Kind);
        await Assert.ThrowsAsync<ProviderException>(() => ReadAsync(string.Concat(Enumerable.Repeat("data: x\n", 20_000)), 4096, 90_000));
    }

    [Fact]
    public async Task Heartbeats_without_end_are_no_long_event() =>
        Assert.Equal([("", "1")], await ReadAsync(string.Concat(Enumerable.Repeat(": still here\n", 20_000)) + "data: 1\n\n", 4096, 8_192));

    [Fact]
    public async Task A_break_before_the_first_event_may_be_retried_and_one_after_it_was_heard()
    {
        Assert.Equal(ProviderStage.FirstByte, (await BrokenAsync("da")).Fault.Stage);
        Assert.Equal(ProviderStage.Stream, (await BrokenAsync("data: 1\n\nda")).Fault.Stage);
    }

    [Fact]
    public async Task Reading_many_events_allocates_next_to_nothing()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n", 20_000)));
        await CountAsync(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(20_000, await CountAsync(bytes));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    private static async Task<int> CountAsync(byte[] bytes)
    {
        using var reader = new SseReader(new MemoryStream(bytes));
        var count = 0;
        while (await reader.ReadAsync(CancellationToken.None) is not null) count++;
        return count;
    }

    private static async Task<ProviderException> BrokenAsync(string text)
    {
        using var reader = new SseReader(new Sliced(Encoding.UTF8.GetBytes(text), () => 3, breaks: true));
        return await Assert.ThrowsAsync<ProviderException>(async () =>
        {
            while (await reader.ReadAsync(TestContext.Current.CancellationToken) is not null)
            {
            }
        });
    }

    private static Task<List<(string Name, string Data)>> ReadAsync(string text, int slice = 5, int longest = SseReader.LongestEvent) =>
        ReadAsync(text, () => slice, longest);

    private static async Task<List<(string Name, string Data)>> ReadAsync(string text, Func<int> slice, int longest = SseReader.LongestEvent)
    {
        using var reader = new SseReader(new Sliced(Encoding.UTF8.GetBytes(text), slice), longest);
        var events = new List<(string, string)>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { } read)
            events.Add((Encoding.UTF8.GetString(read.Name.Span), Encoding.UTF8.GetString(read.Data.Span)));
        return events;
    }

    /// <summary>A stream that comes in slices, and then ends, breaks or says nothing more.</summary>
    private sealed class Sliced(byte[] bytes, Func<int> slice, bool breaks = false, bool thenSilent = false) : ReadOnlyPassage
    {
        private int _at;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_at == bytes.Length && breaks) throw new OutboundException(OutboundFailure.Interrupted);
            if (_at == bytes.Length && thenSilent) await Task.Delay(Timeout.Infinite, cancellationToken);
            var count = Math.Min(Math.Min(slice(), buffer.Length), bytes.Length - _at);
            bytes.AsSpan(_at, count).CopyTo(buffer.Span);
            _at += count;
            return count;
        }
    }
}
