using AIMake.Credits;
using AIMake.Platform.Database;

namespace AIMake.Payments.Books;

/// <summary>
/// Holds four books against each other: orders, payments, the ledger and the providers' own. A payment is looked at on the day it was
/// paid, with all that became of it since. Every difference has a figure; all of them are zero when the books close.
/// </summary>
internal sealed class PaymentBooks(Database database, ICreditSums credits, TimeProvider time)
{
    public const int MostDays = 92;

    private static readonly Statement Days = new("payments", "books_days", """
        SELECT date_trunc('day', p.paid_at AT TIME ZONE 'UTC') AS day, p.currency, count(*)::integer AS payments, sum(p.amount)::bigint AS paid, sum(p.refunded)::bigint AS refunded,
            sum(p.disputed)::bigint AS disputed, coalesce(sum(o.amount), 0)::bigint AS ordered, coalesce(sum(p.amount) FILTER (WHERE p.order_id IS NULL), 0)::bigint AS renewed,
            sum(p.credits)::bigint AS credits, sum(p.clawed)::bigint AS clawed,
            coalesce(sum(x.amount), 0)::bigint AS provider_paid, coalesce(sum(x.refunded), 0)::bigint AS provider_refunded,
            coalesce(sum(p.discount) FILTER (WHERE p.order_id IS NOT NULL), 0)::bigint AS discounted, coalesce(sum(x.disputed), 0)::bigint AS provider_disputed,
            coalesce(sum(x.amount - p.amount - p.tax), 0)::bigint AS paid_apart,
            coalesce(sum(CASE WHEN x.refunded >= x.amount THEN p.amount ELSE div(x.refunded::numeric * p.amount, x.amount) END - p.refunded), 0)::bigint AS refunded_apart,
            coalesce(sum(CASE WHEN x.disputed >= x.amount THEN p.amount ELSE div(x.disputed::numeric * p.amount, x.amount) END - p.disputed), 0)::bigint AS disputed_apart,
            count(x.payment_id)::integer AS compared,
            array_agg(p.reference) AS grants, array_agg(p.id) AS ids, array_agg(p.moves) AS moves,
            (SELECT coalesce(sum(m.amount), 0) FROM payments.movements m WHERE m.payment_id = ANY (array_agg(p.id)))::bigint AS moved
        FROM payments.payments p
        LEFT JOIN payments.orders o ON o.id = p.order_id
        LEFT JOIN payments.provider_payments x ON x.provider = p.provider AND x.payment_id = p.payment_id
        WHERE p.paid_at >= @from AND p.paid_at < @to AND (@user::uuid IS NULL OR p.user_id = @user)
        GROUP BY 1, 2 ORDER BY 1 DESC, 2
        """);

    /// <summary>Orders that say they are paid, with nothing that paid them.</summary>
    private static readonly Statement Unpaid = new("payments", "books_orders_without_payment", """
        SELECT count(*)::integer FROM payments.orders o
        WHERE o.paid_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payments.payments p WHERE p.order_id = o.id)
        """);

    /// <summary>Money that a provider has had for longer than a day, and we know nothing of. What was given back in full is no loss of anybody's.</summary>
    private static readonly Statement Unknown = new("payments", "books_unknown_to_us", """
        SELECT x.currency, count(*)::integer AS payments, sum(x.amount - x.refunded)::bigint AS amount
        FROM payments.provider_payments x
        WHERE x.refunded < x.amount AND x.at >= @from AND x.at < @to AND x.at < @settled
            AND NOT EXISTS (SELECT 1 FROM payments.payments p WHERE p.provider = x.provider AND p.payment_id = x.payment_id)
        GROUP BY 1 ORDER BY 1
        """);

    private static readonly Statement Open = new("payments", "books_events_open", """
        SELECT count(*) FILTER (WHERE processed_at IS NULL)::integer AS waiting, count(*) FILTER (WHERE outcome = 'refused')::integer AS refused FROM payments.inbox
        """);

    /// <summary>First day and last day, both included, in UTC.</summary>
    public async Task<BooksView> LookAsync(DateOnly first, DateOnly last, CancellationToken ct) => await database.ReadAsync(
        DbPurpose.Admin,
        async s =>
        {
            var range = Range(first, last);
            var days = await DaysAsync(s, range, null, ct);
            var unknown = await s.QueryAsync<UnknownRow>(Unknown, new { range.from, range.to, settled = time.GetUtcNow().AddDays(-1) }, ct);
            var unpaid = await s.SingleAsync<int>(Unpaid, null, ct);
            var totals = await credits.TotalsAsync(s, null, ct);
            var events = await s.SingleAsync<EventsRow>(Open, null, ct);
            return new BooksView(
                first, last, days, [.. unknown.Select(u => new UnknownMoneyView(u.Currency, u.Payments, u.Amount))], unpaid, LedgerBookView.From(totals), events.Waiting, events.Refused,
                days.All(d => d.Closes) && unknown.Count == 0 && unpaid == 0 && totals.Drift == Micro.Zero);
        },
        ct);

    /// <summary>One user's own.</summary>
    public async Task<OwnBooksView> LookAsync(Guid user, DateOnly first, DateOnly last, CancellationToken ct) => await database.ReadAsync(
        DbPurpose.Hot,
        async s =>
        {
            var days = await DaysAsync(s, Range(first, last), user, ct);
            var totals = await credits.TotalsAsync(s, user, ct);
            return new OwnBooksView(
                first, last, [.. days.Select(d => new OwnBookDayView(d.Day, d.Currency, d.Payments, d.Paid, d.Refunded, d.Disputed, d.Credits, d.Clawed, d.Closes))],
                LedgerBookView.From(totals), days.All(d => d.Closes) && totals.Drift == Micro.Zero);
        },
        ct);

    private static (DateTimeOffset from, DateTimeOffset to) Range(DateOnly first, DateOnly last) =>
        (new(first.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero), new(last.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));

    private async Task<IReadOnlyList<BookDayView>> DaysAsync(DbSession session, (DateTimeOffset from, DateTimeOffset to) range, Guid? user, CancellationToken ct)
    {
        var views = new List<BookDayView>();
        foreach (var row in await session.QueryAsync<DayRow>(Days, new { range.from, range.to, user }, ct))
        {
            var keys = row.Ids.Zip(row.Moves).SelectMany(p => Enumerable.Range(1, p.Second).Select(n => (Id: p.First, Move: n))).ToList();
            var paid = await credits.OfKeysAsync(session, row.Grants, [.. keys.Select(k => $"claw:{k.Id}:{k.Move}")], ct);
            var restored = await credits.OfKeysAsync(session, [.. keys.Select(k => $"restore:{k.Id}:{k.Move}")], [], ct);
            views.Add(row.ToView(paid.Granted, paid.Withdrawn - restored.Granted));
        }

        return views;
    }

    private sealed class DayRow
    {
        public DateTime Day { get; init; }

        public string Currency { get; init; } = "";

        public int Payments { get; init; }

        public long Paid { get; init; }

        public long Refunded { get; init; }

        public long Disputed { get; init; }

        public long Ordered { get; init; }

        public long Renewed { get; init; }

        public Micro Credits { get; init; }

        public Micro Clawed { get; init; }

        public long ProviderPaid { get; init; }

        public long ProviderRefunded { get; init; }

        public long Discounted { get; init; }

        public long ProviderDisputed { get; init; }

        public long DisputedApart { get; init; }

        public long PaidApart { get; init; }

        public long RefundedApart { get; init; }

        public int Compared { get; init; }

        public string[] Grants { get; init; } = [];

        public Guid[] Ids { get; init; } = [];

        public int[] Moves { get; init; } = [];

        public long Moved { get; init; }

        public BookDayView ToView(Micro granted, Micro taken) => new(
            DateOnly.FromDateTime(Day), Currency, Payments, Paid, Refunded, Disputed, Paid - Refunded - Disputed, Credits, Clawed, Compared, ProviderPaid, ProviderRefunded, ProviderDisputed,
            OrdersDrift: Paid + Discounted - Renewed - Ordered, MovementsDrift: Moved - (Paid - Refunded - Disputed), CreditsDrift: granted - Credits, ClawedDrift: taken - Clawed,
            ProviderDrift: PaidApart - RefundedApart - DisputedApart);
    }

    private sealed record UnknownRow(string Currency, int Payments, long Amount);

    private sealed record EventsRow(int Waiting, int Refused);
}

/// <summary>All books against each other.</summary>
/// <param name="Unknown">Money that a provider has and we do not know.</param>
/// <param name="OrdersWithoutPayment">Orders that say they are paid by nothing.</param>
/// <param name="EventsWaiting">Events that found no order yet.</param>
/// <param name="EventsRefused">Events that contradicted an order: a person should look.</param>
/// <param name="Closes">Whether every difference is zero.</param>
public sealed record BooksView(
    DateOnly From, DateOnly To, IReadOnlyList<BookDayView> Days, IReadOnlyList<UnknownMoneyView> Unknown, int OrdersWithoutPayment, LedgerBookView Ledger, int EventsWaiting,
    int EventsRefused, bool Closes);

/// <summary>The payments of one day (UTC) in one currency, and all that became of them since. Amounts in minor units.</summary>
/// <param name="Payments">How many.</param>
/// <param name="Net">What is left: paid, less refunded and disputed.</param>
/// <param name="Credits">Granted for them.</param>
/// <param name="Clawed">Taken back of those.</param>
/// <param name="Compared">How many of them were found in the provider's own books so far.</param>
/// <param name="ProviderPaid">The provider's figure for those.</param>
/// <param name="ProviderDisputed">What banks hold or have taken of those, where the provider tells.</param>
/// <param name="OrdersDrift">First payments less their orders, what coupons took off put back.</param>
/// <param name="MovementsDrift">Sum of all movements less the net.</param>
/// <param name="CreditsDrift">The ledger's grants less ours.</param>
/// <param name="ClawedDrift">The ledger's withdrawals less ours.</param>
/// <param name="ProviderDrift">The provider's net less ours, of those compared.</param>
public sealed record BookDayView(
    DateOnly Day, string Currency, int Payments, long Paid, long Refunded, long Disputed, long Net, Micro Credits, Micro Clawed, int Compared, long ProviderPaid, long ProviderRefunded,
    long ProviderDisputed, long OrdersDrift, long MovementsDrift, Micro CreditsDrift, Micro ClawedDrift, long ProviderDrift)
{
    /// <summary>Whether every difference is zero.</summary>
    public bool Closes => (OrdersDrift, MovementsDrift, ProviderDrift) == (0, 0, 0) && CreditsDrift == Micro.Zero && ClawedDrift == Micro.Zero;
}

/// <summary>Money a provider has that no payment of ours names.</summary>
/// <param name="Amount">Minor units, refunds taken off.</param>
public sealed record UnknownMoneyView(string Currency, int Payments, long Amount);

/// <summary>The ledger against its balances, in credits.</summary>
/// <param name="Entries">Sum of everything that moved into and out of accounts.</param>
/// <param name="Balances">What accounts have, debts taken off.</param>
/// <param name="Drift">The difference.</param>
public sealed record LedgerBookView(Micro Entries, Micro Balances, Micro Drift)
{
    internal static LedgerBookView From(BookTotals totals) => new(totals.Entries, totals.Balances, totals.Drift);
}

/// <summary>A user's own books.</summary>
/// <param name="Closes">Whether every difference is zero.</param>
public sealed record OwnBooksView(DateOnly From, DateOnly To, IReadOnlyList<OwnBookDayView> Days, LedgerBookView Ledger, bool Closes);

/// <summary>What a user paid on one day (UTC) in one currency, and what became of it. Amounts in minor units.</summary>
public sealed record OwnBookDayView(
    DateOnly Day, string Currency, int Payments, long Paid, long Refunded, long Disputed, Micro Credits, Micro Clawed, bool Closes);
