using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Tests.Platform.Http;

public sealed class PagingTests
{
    private sealed record Key(DateTimeOffset At, Guid Id);

    private static readonly Key Last = new(DateTimeOffset.UnixEpoch.AddTicks(17), Guid.Parse("01a1f877-ac7c-7cfa-a91e-ca65e4aee5c3"));

    [Fact]
    public void A_cursor_brings_back_the_key_it_was_made_from()
    {
        var cursor = CursorCodec.Encode("audios", Last);

        Assert.Equal(Last, new PageQuery { Cursor = cursor }.Read<Key>("audios").Value.After);
        Assert.Matches("^[A-Za-z0-9_-]+$", cursor);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("AAAA====")]
    [InlineData("eyJMIjoi")]
    [InlineData("'; DROP TABLE users;--")]
    [InlineData("游标")]
    [InlineData("bnVsbA")]
    [InlineData("e30")]
    public void Anything_the_list_did_not_give_out_is_refused(string cursor)
    {
        Assert.Equal(FaultCodes.CursorInvalid, new PageQuery { Cursor = cursor }.Read<Key>("audios").Fault!.Code);
    }

    [Fact]
    public void A_cursor_of_another_list_or_a_huge_one_is_refused()
    {
        Assert.False(new PageQuery { Cursor = CursorCodec.Encode("voices", Last) }.Read<Key>("audios").Ok);
        Assert.False(new PageQuery { Cursor = new string('A', 100_000) }.Read<Key>("audios").Ok);
    }

    [Theory]
    [InlineData(null, 20)]
    [InlineData(1, 1)]
    [InlineData(100, 100)]
    public void The_limit_is_taken_within_its_range(int? asked, int taken) =>
        Assert.Equal(taken, new PageQuery { Limit = asked }.Read<Key>("audios").Value.Limit);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(101)]
    [InlineData(int.MaxValue)]
    public void A_limit_out_of_range_is_a_fault_that_names_it(int asked)
    {
        var fault = new PageQuery { Limit = asked }.Read<Key>("audios").Fault;

        Assert.Equal(FaultCodes.FieldOutOfRange, fault!.Code);
        Assert.Equal("limit", fault.Field);
    }

    [Fact]
    public void Pages_follow_each_other_without_gap_or_overlap_and_end()
    {
        var rows = Enumerable.Range(1, 45).Select(i => new Row(i)).ToArray();
        var seen = new List<int>();
        string? cursor = null;
        do
        {
            var request = new PageQuery { Cursor = cursor, Limit = 20 }.Read<Row>("rows").Value;
            var fetched = rows.Where(r => r.Number > (request.After?.Number ?? 0)).Take(request.Take).ToArray();
            var page = request.ToPage(fetched, r => r, r => r.Number);
            seen.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(1, 45), seen);
    }

    private sealed record Row(int Number);
}
