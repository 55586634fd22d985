using System.Text.Json;
using AIMake.Credits;
using AIMake.Platform.Database;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Platform.Database;

public sealed class DbSessionTests
{
    private static readonly Statement Echo = new(
        "platform", "test_echo", "SELECT @at AS made_at, @credits AS held_credits, @json AS request_body, @nothing::timestamptz AS ended_at, @ids AS ids");

    private sealed class Row
    {
        public DateTimeOffset MadeAt { get; init; }

        public Micro HeldCredits { get; init; }

        public JsonElement RequestBody { get; init; }

        public DateTimeOffset? EndedAt { get; init; }

        public Guid[] Ids { get; init; } = [];
    }

    [Fact]
    public async Task Rows_map_instants_credits_json_nulls_and_arrays_both_ways()
    {
        await using var database = new AIMake.Platform.Database.Database(await TestPostgres.CreateDatabaseAsync(), new DatabaseOptions());
        var at = new DateTimeOffset(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
        var ids = new[] { Guid.CreateVersion7(), Guid.CreateVersion7() };

        var row = await database.ReadAsync(
            DbPurpose.Hot,
            s => s.SingleAsync<Row>(
                Echo,
                new { at, credits = new Micro(1_500_000), json = JsonSerializer.SerializeToElement(new { text = "你好" }), nothing = (DateTimeOffset?)null, ids },
                TestContext.Current.CancellationToken),
            TestContext.Current.CancellationToken);

        Assert.Equal(at, row.MadeAt);
        Assert.Equal(1.5m, row.HeldCredits.Credits);
        Assert.Equal("你好", row.RequestBody.GetProperty("text").GetString());
        Assert.Null(row.EndedAt);
        Assert.Equal(ids, row.Ids);
    }
}
