using System.Diagnostics;
using AIMake.Platform.Database;
using AIMake.Usage;

namespace AIMake.Tests.Usage;

/// <summary>That a great many events cost a reader little: by the plans PostgreSQL makes, not by the clock.</summary>
public sealed class UsageSpeedTests
{
    private static readonly DateOnly Today = new(2026, 11, 20);

    [Fact]
    public Task Among_many_events_a_user_reads_the_own_sums_and_the_tail() => ReadAmongAsync(100_000);

    [Fact(Explicit = true)]
    public Task Among_a_million_too() => ReadAmongAsync(1_000_000);

    private static async Task ReadAmongAsync(int events)
    {
        await using var books = await Books.OpenAsync();
        await books.ScalarAsync<long>($"""
            WITH made AS (
                INSERT INTO usage.events (user_id, operation, at, kind, model, provider, source, own_key, cut, input_tokens, cached_tokens,
                    output_tokens, characters, millis, pieces, credits, cost, duration_ms)
                SELECT ('00000000-0000-7000-8000-' || lpad((n % 1000)::text, 12, '0'))::uuid, overlay(gen_random_uuid()::text PLACING left(usage.first_id(t)::text, 13) FROM 1)::uuid,
                    t, 'chat', 'm' || n % 5, 'p', 'provider', false, false, 100, 0, 50, 0, 0, 0, 1000, 10, 300
                FROM generate_series(1, {events}) n CROSS JOIN LATERAL (SELECT timestamptz '2026-11-20T12:00Z' - interval '30 days' * ({events} - n) / {events}) moment (t)
                RETURNING 1)
            SELECT count(*) FROM made
            """);
        await books.RollUpAsync(bite: 250_000);
        var user = Guid.Parse("00000000-0000-7000-8000-000000000007");
        await books.RecordAsync([.. Enumerable.Range(0, 500).Select(_ => Books.Event(user, new(2026, 11, 20, 13, 0, 0, TimeSpan.Zero)))]);
        await books.ScalarAsync<long>("ANALYZE usage.events; ANALYZE usage.daily; SELECT 1::bigint");

        var ofUser = await ExplainAsync(books, UsageSql.DaysOfUser, user);
        var ofAll = await ExplainAsync(books, UsageSql.ModelsOfAll, user);

        TestContext.Current.TestOutputHelper!.WriteLine(ofUser);
        TestContext.Current.TestOutputHelper!.WriteLine(ofAll);
        Assert.Equal((events / 1000) + 500, (await books.TotalAsync(user, new(2026, 10, 1), Today)).Count);
        Assert.Equal(events + 500, (await books.TotalAsync(null, new(2026, 10, 1), Today)).Count);
        Assert.DoesNotContain("Seq Scan on events_2026_11", ofUser, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan on daily", ofUser, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan on events_2026_11", ofAll, StringComparison.Ordinal);
        Assert.Contains("daily_pkey", ofUser, StringComparison.Ordinal);
        Assert.Contains("seq_idx", ofUser, StringComparison.Ordinal);
    }

    private static async Task<string> ExplainAsync(Books books, Statement statement, Guid user)
    {
        var lines = await books.Database.ReadAsync(
            DbPurpose.Admin,
            s => s.QueryAsync<string>(
                new Statement("usage", "explain", $"EXPLAIN (ANALYZE, COSTS OFF, SUMMARY ON) {statement.Sql}"),
                new { userId = user, from = "2026-10-22", to = "2026-11-20", service = (string?)null, model = (string?)null },
                CancellationToken.None),
            CancellationToken.None);
        return string.Join('\n', lines);
    }

    [Fact(Explicit = true)]
    public async Task What_writing_costs()
    {
        await using var books = await Books.OpenAsync();
        foreach (var size in new[] { 1, 10, 50 })
        {
            var users = Enumerable.Range(0, 1000).Select(_ => Guid.CreateVersion7()).ToArray();
            var spent = TimeSpan.Zero;
            var rounds = 20_000 / size / (size == 1 ? 5 : 1);
            await books.Database.TransactAsync(DbPurpose.Jobs, async s =>
            {
                for (var i = 0; i < rounds; i++)
                {
                    var batch = Enumerable.Range(0, size).Select(n => Books.Event(users[((i * size) + n) % 1000], TimeProvider.System.GetUtcNow())).ToArray();
                    var begun = Stopwatch.GetTimestamp();
                    await Books.RecordAsync(s, batch);
                    spent += Stopwatch.GetElapsedTime(begun);
                }
            }, CancellationToken.None);
            TestContext.Current.TestOutputHelper!.WriteLine($"batch {size}: {spent.TotalMicroseconds / rounds:0} µs a batch, {spent.TotalMicroseconds / rounds / size:0.0} µs an event");
        }

        var start = Stopwatch.GetTimestamp();
        var counted = await books.RollUpAsync();
        TestContext.Current.TestOutputHelper!.WriteLine($"rolled up {counted} in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
    }
}
