using AIMake.Platform.Database;

namespace AIMake.Credits;

/// <summary>Reads <see cref="CreditsGlance"/> from the balances.</summary>
internal sealed class CreditsGlanceReader(CreditClock clock) : ICreditsGlance
{
    private static readonly Statement Glance = new("credits", "glance", """
        SELECT a.plan, a.available, a.held, a.period_ends,
            coalesce((SELECT sum(g.spent) FROM credits.grants g
                WHERE g.user_id = a.user_id AND (g.expires_at IS NULL OR g.expires_at > coalesce(@now::timestamptz, now()))), 0)::bigint AS used
        FROM credits.accounts a
        WHERE a.user_id = @userId
        """);

    public async Task<CreditsGlance> ReadAsync(DbSession session, Guid userId, CancellationToken ct)
    {
        var row = await session.FindAsync<Row>(Glance, new { userId, now = clock.Now }, ct) ?? new Row();
        var (available, held, used) = (new Micro(row.Available), new Micro(row.Held), new Micro(row.Used));
        return new CreditsGlance(row.Plan, available + held + used, used, held, available, row.PeriodEnds);
    }

    private sealed class Row
    {
        public string Plan { get; init; } = CreditsOptions.DefaultPlan;

        public long Available { get; init; }

        public long Held { get; init; }

        public long Used { get; init; }

        public DateTimeOffset? PeriodEnds { get; init; }
    }
}
