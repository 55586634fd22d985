using System.Text.Json;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Credits;

/// <summary>
/// Answers what an account has. Lets the calendar act first where something is due, so that a new month shows at once, and has
/// what was set aside ahead given back and what was drawn from it posted.
/// </summary>
internal sealed class CreditBook(Database database, CreditClock clock, IQuoteSource quotes, IAdvances advances) : ICreditsGlance, IBudgetGlance
{
    public async Task<CreditsView> ViewAsync(Guid user, CancellationToken ct)
    {
        await advances.ReturnAsync(user, ct);
        return await database.ReadAsync(
            DbPurpose.Hot,
            async session =>
            {
                var row = await BalanceAsync(session, user, ct);
                var grants = await session.QueryAsync<CreditGrantView>(CreditBookSql.Grants, new { user, now = clock.Now }, ct);
                return new CreditsView(row.Total, row.Used, row.Held, row.Free, grants, row.Debt);
            },
            ct);
    }

    public async Task<QuotaView> QuotaAsync(Guid user, CancellationToken ct)
    {
        var row = await PresentAsync(user, ct);
        return new QuotaView(row.Plan, row.Allowance, row.AllowanceUsed, row.PeriodEnds, new(row.Total, row.Used, row.Held, row.Free));
    }

    /// <summary>Faults: those of the quote.</summary>
    public async Task<Outcome<CreditsCheckView>> CheckAsync(Guid user, Micro? amount, string? kind, JsonElement order, CancellationToken ct)
    {
        if (amount is null)
        {
            var quote = await quotes.CeilingAsync(user, kind!, order, ct);
            if (quote.Fault is { } fault)
            {
                return fault;
            }

            amount = quote.Value;
        }

        var row = await PresentAsync(user, ct);
        var free = amount.Value == Micro.Zero || row.Debt == Micro.Zero;
        return new CreditsCheckView(free && amount.Value <= row.Free, amount.Value, row.Free);
    }

    public async Task<Page<CreditEntryView>> EntriesAsync(Guid user, EntryFilter filter, PageRequest<EntryKey> page, CancellationToken ct)
    {
        if (page.After is null)
        {
            await PostAsync(user, ct); // newer lines would not show behind the first page
        }

        var rows = await RowsAsync(user, filter, page.After?.Id ?? long.MaxValue, page.Take, ct);
        return page.ToPage(rows, r => new EntryKey(r.Id), r => r.ToView());
    }

    /// <summary>The whole statement, newest first, in bites: a reader that stops early costs no more than it read.</summary>
    public async IAsyncEnumerable<CreditEntryView> StatementAsync(
        Guid user, EntryFilter filter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        const int Bite = 1_000;
        await PostAsync(user, ct);
        var before = long.MaxValue;
        IReadOnlyList<EntryRow> rows;
        do
        {
            rows = await RowsAsync(user, filter, before, Bite, ct);
            foreach (var row in rows)
            {
                yield return row.ToView();
                before = row.Id;
            }
        }
        while (rows.Count == Bite);
    }

    public async Task<CreditsGlance> ReadAsync(DbSession session, Guid userId, CancellationToken ct)
    {
        var row = await BalanceAsync(session, userId, ct);
        return new CreditsGlance(row.Plan, row.Total, row.Used, row.Held, row.Free, row.PeriodEnds);
    }

    public async Task<IReadOnlyDictionary<Guid, Micro>> UsedAsync(DbSession session, IReadOnlyList<(Guid Id, DateTimeOffset WindowStart)> budgets, CancellationToken ct)
    {
        if (budgets.Count == 0)
        {
            return new Dictionary<Guid, Micro>();
        }

        var rows = await session.QueryAsync<BudgetRow>(
            CreditBookSql.Budgets, new { ids = budgets.Select(b => b.Id).ToArray(), starts = budgets.Select(b => b.WindowStart).ToArray() }, ct);
        return rows.ToDictionary(r => r.Id, r => r.Used);
    }

    private async Task<BalanceRow> PresentAsync(Guid user, CancellationToken ct)
    {
        await advances.ReturnAsync(user, ct);
        return await database.ReadAsync(DbPurpose.Hot, session => BalanceAsync(session, user, ct), ct);
    }

    /// <summary>Any node's draws: they are in the database.</summary>
    private Task PostAsync(Guid user, CancellationToken ct) =>
        database.ReadAsync(DbPurpose.Hot, session => session.SingleAsync<bool>(CreditsSql.Touch, new { user, now = clock.Now }, ct), ct);

    private Task<IReadOnlyList<EntryRow>> RowsAsync(Guid user, EntryFilter filter, long before, int take, CancellationToken ct) => database.ReadAsync(
        DbPurpose.Hot,
        session => session.QueryAsync<EntryRow>(
            CreditBookSql.Entries, new { user, before, kinds = filter.Kinds, from = filter.From, to = filter.To, take }, ct),
        ct);

    private async Task<BalanceRow> BalanceAsync(DbSession session, Guid user, CancellationToken ct)
    {
        var key = new { user, now = clock.Now };
        var row = await session.FindAsync<BalanceRow>(CreditBookSql.Balance, key, ct);
        if (row is { Due: true } && await session.SingleAsync<bool>(CreditsSql.Touch, key, ct))
        {
            row = await session.FindAsync<BalanceRow>(CreditBookSql.Balance, key, ct);
        }

        return row ?? new BalanceRow();
    }

    private sealed class BudgetRow
    {
        public Guid Id { get; init; }

        public Micro Used { get; init; }
    }

    /// <summary>Its defaults are those of a user without an account.</summary>
    private sealed class BalanceRow
    {
        public string Plan { get; init; } = CreditLimits.DefaultPlan;

        public Micro Held { get; init; }

        public Micro Debt { get; init; }

        public DateTimeOffset PeriodEnds { get; init; }

        public bool Due { get; init; }

        public Micro Free { get; init; }

        public Micro Used { get; init; }

        public Micro Allowance { get; init; }

        public Micro AllowanceUsed { get; init; }

        public Micro Total => Free + Held + Used;
    }

    private sealed class EntryRow
    {
        public long Id { get; init; }

        public string Kind { get; init; } = "";

        public Micro Amount { get; init; }

        public DateTimeOffset At { get; init; }

        public Guid? GenerationId { get; init; }

        public string Description { get; init; } = "";

        public string? Source { get; init; }

        public CreditEntryView ToView() => new(
            Id.ToString(System.Globalization.CultureInfo.InvariantCulture), Kind, Amount, At, GenerationId, Description is "" ? null : Description, Source);
    }
}

/// <summary>Where a page of the statement ended.</summary>
internal sealed record EntryKey(long Id);
