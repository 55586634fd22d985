using AIMake.Platform.Database;

namespace AIMake.Credits.Checking;

/// <summary>The whole list. Each query reads one snapshot, so it can run beside any traffic.</summary>
internal static class LedgerInvariants
{
    public static readonly Statement BalancedSql = new("credits", "check_balanced", """
        SELECT l.operation::text AS id, sum(l.delta)::text AS detail
        FROM credits.legs l GROUP BY l.operation HAVING sum(l.delta) <> 0 LIMIT @limit
        """);

    public static readonly Statement AccountSql = new("credits", "check_account", """
        SELECT a.user_id::text AS id, format('available %s + held %s - debt %s, the book says %s', a.available, a.held, a.debt, coalesce(b.total, 0)) AS detail
        FROM credits.accounts a
        FULL JOIN (
            SELECT l.user_id, sum(l.delta) AS total, sum(l.delta) FILTER (WHERE l.account = 'debt') AS debt
            FROM credits.legs l WHERE l.account IN ('wallet', 'debt') GROUP BY l.user_id
        ) b ON b.user_id = a.user_id
        WHERE a.user_id IS NULL OR a.available + a.held - a.debt <> coalesce(b.total, 0) OR -a.debt <> coalesce(b.debt, 0)
        LIMIT @limit
        """);

    public static readonly Statement LotSql = new("credits", "check_lot", """
        SELECT coalesce(g.id, b.grant_id)::text AS id, format('remaining %s and spent %s, the book says %s and %s', g.remaining, g.spent, coalesce(b.remaining, 0), coalesce(b.spent, 0)) AS detail
        FROM credits.grants g
        FULL JOIN (
            SELECT e.grant_id, e.user_id, sum(CASE e.kind WHEN 'grant' THEN e.amount ELSE -e.amount END) AS remaining,
                sum(e.amount) FILTER (WHERE e.kind = 'spend') AS spent
            FROM credits.entries e WHERE e.grant_id IS NOT NULL GROUP BY e.grant_id, e.user_id
        ) b ON b.grant_id = g.id AND b.user_id = g.user_id
        WHERE g.id IS NULL OR g.remaining <> coalesce(b.remaining, 0) OR g.spent <> coalesce(b.spent, 0)
        LIMIT @limit
        """);

    public static readonly Statement GrantedOnceSql = new("credits", "check_granted_once", """
        SELECT g.id::text AS id, format('granted %s, entries %s', g.granted, coalesce(e.amounts, '{}')) AS detail
        FROM credits.grants g
        LEFT JOIN (SELECT x.grant_id, array_agg(x.amount) AS amounts FROM credits.entries x WHERE x.kind = 'grant' GROUP BY x.grant_id) e ON e.grant_id = g.id
        WHERE e.amounts IS DISTINCT FROM ARRAY[g.granted]
        LIMIT @limit
        """);

    public static readonly Statement LotHeldSql = new("credits", "check_lot_held", """
        SELECT coalesce(g.id, h.lot)::text AS id, format('held %s, open holds reserve %s', g.held, coalesce(h.reserved, 0)) AS detail
        FROM credits.grants g
        FULL JOIN (
            SELECT part.lot, x.user_id, sum(part.reserved) AS reserved
            FROM credits.holds x CROSS JOIN LATERAL unnest(x.lots, x.reserved) AS part (lot, reserved)
            WHERE x.state = 'held' GROUP BY part.lot, x.user_id
        ) h ON h.lot = g.id AND h.user_id = g.user_id
        WHERE g.id IS NULL OR g.held <> coalesce(h.reserved, 0)
        LIMIT @limit
        """);

    public static readonly Statement AccountHeldSql = new("credits", "check_account_held", """
        SELECT coalesce(a.user_id, h.user_id)::text AS id, format('held %s, open holds sum to %s', a.held, coalesce(h.amount, 0)) AS detail
        FROM credits.accounts a
        FULL JOIN (SELECT x.user_id, sum(x.amount) AS amount FROM credits.holds x WHERE x.state = 'held' GROUP BY x.user_id) h ON h.user_id = a.user_id
        WHERE a.user_id IS NULL OR a.held <> coalesce(h.amount, 0)
        LIMIT @limit
        """);

    public static readonly Statement AvailableSql = new("credits", "check_available", """
        SELECT a.user_id::text AS id, format('available %s, lots have %s free', a.available, coalesce(g.free, 0)) AS detail
        FROM credits.accounts a
        LEFT JOIN (SELECT x.user_id, sum(x.remaining - x.held) AS free FROM credits.grants x GROUP BY x.user_id) g ON g.user_id = a.user_id
        WHERE a.available <> coalesce(g.free, 0)
        LIMIT @limit
        """);

    public static readonly Statement BoundsSql = new("credits", "check_bounds", """
        SELECT g.id::text AS id, format('lot: granted %s, remaining %s, held %s, spent %s', g.granted, g.remaining, g.held, g.spent) AS detail
        FROM credits.grants g
        WHERE g.held < 0 OR g.held > g.remaining OR g.spent < 0 OR g.remaining + g.spent > g.granted OR (g.remaining = 0) <> (g.closed_at IS NOT NULL)
        UNION ALL
        SELECT a.user_id::text, format('account: available %s, held %s, debt %s', a.available, a.held, a.debt)
        FROM credits.accounts a WHERE a.available < 0 OR a.held < 0 OR a.debt < 0
        LIMIT @limit
        """);

    public static readonly Statement BackedSql = new("credits", "check_backed", """
        SELECT h.operation::text AS id, format('amount %s, reserved %s', h.amount, h.reserved) AS detail
        FROM credits.holds h
        LEFT JOIN LATERAL (
            SELECT sum(part.reserved) AS reserved, min(part.reserved) AS least, count(*) - count(DISTINCT part.lot) AS twice
            FROM unnest(h.lots, h.reserved) AS part (lot, reserved)
        ) p ON true
        WHERE coalesce(p.reserved, 0) <> h.amount OR p.least <= 0 OR p.twice > 0 OR cardinality(h.lots) <> cardinality(h.reserved)
        LIMIT @limit
        """);

    public static readonly Statement ChargedOnceSql = new("credits", "check_charged_once", """
        SELECT coalesce(h.operation, e.operation)::text AS id, format('%s at %s, entries charge %s', coalesce(h.state, 'no hold'), h.settled, coalesce(e.charged, 0)) AS detail
        FROM credits.holds h
        FULL JOIN (SELECT x.operation, x.user_id, sum(x.amount) AS charged FROM credits.entries x WHERE x.kind = 'spend' AND x.advance IS NULL GROUP BY x.operation, x.user_id) e
            ON e.operation = h.operation AND e.user_id = h.user_id
        WHERE h.operation IS NULL OR coalesce(h.settled, 0) <> coalesce(e.charged, 0) OR (h.settled IS NOT NULL) <> (h.state = 'settled')
        LIMIT @limit
        """);

    public static readonly Statement WithinHoldSql = new("credits", "check_within_hold", """
        SELECT e.operation::text AS id, format('lot %s: charged %s, reserved %s', e.grant_id, e.amount, p.reserved) AS detail
        FROM credits.entries e
        JOIN credits.holds h ON h.operation = e.operation
        LEFT JOIN LATERAL (SELECT part.reserved FROM unnest(h.lots, h.reserved) AS part (lot, reserved) WHERE part.lot = e.grant_id LIMIT 1) p ON true
        WHERE e.kind = 'spend' AND (p.reserved IS NULL OR e.amount > p.reserved OR h.settled > h.amount)
        LIMIT @limit
        """);

    public static readonly Statement BurnOrderSql = new("credits", "check_burn_order", """
        SELECT h.operation::text AS id, format('lots %s', h.lots) AS detail
        FROM credits.holds h
        WHERE cardinality(h.lots) > 1 AND h.lots <> ARRAY(
            SELECT g.id FROM credits.grants g WHERE g.id = ANY (h.lots) ORDER BY g.priority, g.expires_at NULLS LAST, g.created_at, g.id)
        LIMIT @limit
        """);

    public static readonly Statement DebtSql = new("credits", "check_debt", """
        SELECT a.user_id::text AS id, format('debt %s beside %s available', a.debt, a.available) AS detail
        FROM credits.accounts a WHERE a.debt > 0 AND a.available > 0
        LIMIT @limit
        """);

    public static readonly Statement CalendarSql = new("credits", "check_calendar", """
        SELECT a.user_id::text AS id, format('period %s ends %s, due %s', a.period, a.period_ends, a.due_at) AS detail
        FROM credits.accounts a
        LEFT JOIN (
            SELECT g.user_id, min(g.expires_at) AS first FROM credits.grants g WHERE g.closed_at IS NULL AND g.remaining > g.held GROUP BY g.user_id
        ) l ON l.user_id = a.user_id
        WHERE a.period_ends <> credits.period_start(a.anchor, a.period + 1) OR a.due_at > least(a.period_ends, l.first)
        LIMIT @limit
        """);

    public static readonly Statement SourceOnceSql = new("credits", "check_source_once", """
        SELECT g.source_key AS id, format('%s grants', count(*)) AS detail
        FROM credits.grants g GROUP BY g.source_key HAVING count(*) > 1
        LIMIT @limit
        """);

    public static readonly Statement ForgottenHoldSql = new("credits", "check_forgotten_hold", """
        SELECT h.operation::text AS id, format('lease over since %s', h.lease_until) AS detail
        FROM credits.holds h WHERE h.state = 'held' AND h.lease_until < coalesce(@now::timestamptz, now()) - @holdGrace::interval
        LIMIT @limit
        """);

    public static readonly Statement ExpiredLotSql = new("credits", "check_expired_lot", """
        SELECT g.id::text AS id, format('expired %s with %s left', g.expires_at, g.remaining - g.held) AS detail
        FROM credits.grants g
        WHERE g.closed_at IS NULL AND g.expires_at < coalesce(@now::timestamptz, now()) - @lotGrace::interval AND g.remaining > g.held
        LIMIT @limit
        """);

    public static readonly Statement BudgetSql = new("credits", "check_budget", """
        SELECT coalesce(b.id, h.budget)::text AS id, format('held %s and spent %s, its holds say %s and %s', b.held, b.spent, coalesce(h.held, 0), coalesce(h.spent, 0)) AS detail
        FROM credits.budgets b
        FULL JOIN (
            SELECT x.budget, x.budget_start, x.user_id, coalesce(sum(x.amount) FILTER (WHERE x.state = 'held'), 0) AS held, coalesce(sum(x.settled), 0) AS spent
            FROM credits.holds x WHERE x.budget IS NOT NULL GROUP BY x.budget, x.budget_start, x.user_id
        ) h ON h.budget = b.id AND h.budget_start = b.window_start AND h.user_id = b.user_id
        WHERE b.id IS NULL OR b.held <> coalesce(h.held, 0) OR b.spent <> coalesce(h.spent, 0)
        LIMIT @limit
        """);

    public static readonly Statement DrawnSql = new("credits", "check_drawn", """
        SELECT coalesce(a.id, d.advance)::text AS id, format('%s drawn, its draws come to %s', coalesce(a.drawn::text, 'no advance,'), coalesce(d.amount, 0)) AS detail
        FROM credits.advances a
        FULL JOIN (SELECT y.advance, y.user_id, sum(y.amount) AS amount FROM credits.draws y GROUP BY y.advance, y.user_id) d ON d.advance = a.id AND d.user_id = a.user_id
        WHERE a.id IS NULL OR a.drawn <> coalesce(d.amount, 0)
        UNION ALL
        SELECT coalesce(a.id, h.operation)::text, format('size %s, its hold has %s', a.size, h.amount)
        FROM credits.advances a
        FULL JOIN (SELECT x.operation, x.user_id, x.amount FROM credits.holds x WHERE x.advance AND x.state = 'held') h ON h.operation = a.id AND h.user_id = a.user_id
        WHERE a.size IS DISTINCT FROM h.amount
        UNION ALL
        SELECT e.operation::text, format('posted from %s', e.advance)
        FROM credits.entries e
        WHERE e.advance IS NOT NULL AND (e.kind <> 'spend'
            OR NOT EXISTS (SELECT 1 FROM credits.holds h WHERE h.operation = e.advance AND h.user_id = e.user_id AND h.advance)
            OR EXISTS (SELECT 1 FROM credits.holds h WHERE h.operation = e.operation AND h.settled > 0)
            OR EXISTS (SELECT 1 FROM credits.draws d WHERE d.user_id = e.user_id AND d.operation = e.operation))
        LIMIT @limit
        """);

    public static readonly Statement SizeSql = new("credits", "ledger_size", """
        SELECT (SELECT count(*) FROM credits.accounts) AS accounts, (SELECT count(*) FROM credits.grants) AS grants,
            (SELECT count(*) FROM credits.holds) AS holds, (SELECT count(*) FROM credits.entries) AS entries
        """);

    /// <summary>All, in the order they are reported.</summary>
    public static IReadOnlyList<LedgerInvariant> All { get; } =
    [
        new("balanced", "The legs of a transaction do not sum to zero.", BalancedSql),
        new("account", "A balance differs from the sum of its entries.", AccountSql),
        new("lot", "What is left or spent of a grant differs from its entries.", LotSql),
        new("granted-once", "A grant has no entry, or several, or one of another amount.", GrantedOnceSql),
        new("lot-held", "What is reserved from a grant differs from its open holds.", LotHeldSql),
        new("account-held", "What an account has held differs from its open holds.", AccountHeldSql),
        new("available", "What an account has available differs from its grants.", AvailableSql),
        new("bounds", "An amount is negative or larger than what it is part of.", BoundsSql),
        new("backed", "A hold is not exactly covered by its grants.", BackedSql),
        new("charged-once", "A charge differs from its settled hold, or has none.", ChargedOnceSql),
        new("within-hold", "More was charged than was held.", WithinHoldSql),
        new("burn-order", "A hold draws on its grants in the wrong order.", BurnOrderSql),
        new("debt", "An account owes credits beside credits it could pay with.", DebtSql),
        new("calendar", "An account's period or next due moment is wrong.", CalendarSql),
        new("source-once", "One fact, such as a payment or a month's allowance, was granted twice.", SourceOnceSql),
        new("drawn", "What was drawn from an advance differs from its draws, or was charged twice.", DrawnSql),
        new("budget", "What a key's budget holds or has spent differs from its holds.", BudgetSql),
        new("forgotten-hold", "A hold outlived its lease and was not swept.", ForgottenHoldSql, Timely: true),
        new("expired-lot", "A grant expired and was not swept.", ExpiredLotSql, Timely: true),
    ];
}
