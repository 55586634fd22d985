using AIMake.Platform.Database;

namespace AIMake.Credits;

/// <summary>Every statement that only looks.</summary>
internal static class CreditBookSql
{
    /// <summary>Time decides what counts, whether or not a sweeper has come by. Periods that are paid for
    /// end when their provider says, not by our calendar (whose keys begin with <c>plan:</c>).</summary>
    public static readonly Statement Balance = new("credits", "balance", """
        SELECT a.plan, a.held, a.debt, coalesce(l.resets, a.period_ends) AS period_ends, a.due_at <= coalesce(@now::timestamptz, now())
                OR EXISTS (SELECT 1 FROM credits.draws d WHERE d.user_id = a.user_id) AS due,
            coalesce(l.free, 0)::bigint AS free, coalesce(l.used, 0)::bigint AS used,
            coalesce(l.allowance, 0)::bigint AS allowance, coalesce(l.allowance_used, 0)::bigint AS allowance_used
        FROM credits.accounts a
        CROSS JOIN LATERAL (
            SELECT sum(g.remaining - g.held) AS free, sum(g.spent) AS used, max(g.expires_at) FILTER (WHERE g.source = 'plan' AND g.source_key NOT LIKE 'plan:%') AS resets,
                sum(g.granted) FILTER (WHERE g.source = 'plan') AS allowance, sum(g.spent) FILTER (WHERE g.source = 'plan') AS allowance_used
            FROM credits.grants g
            WHERE g.user_id = a.user_id AND g.effective_at <= coalesce(@now::timestamptz, now())
                AND (g.expires_at IS NULL OR g.expires_at > coalesce(@now::timestamptz, now()))
        ) l
        WHERE a.user_id = @user
        """);

    public static readonly Statement Grants = new("credits", "grants", """
        SELECT g.id, g.source, g.granted AS total, g.spent AS used, g.held,
            CASE WHEN g.expires_at <= coalesce(@now::timestamptz, now()) THEN 0 ELSE g.remaining - g.held END AS remaining, g.expires_at, g.created_at
        FROM credits.grants g
        WHERE g.user_id = @user AND g.closed_at IS NULL AND g.effective_at <= coalesce(@now::timestamptz, now())
            AND (g.held > 0 OR g.expires_at IS NULL OR g.expires_at > coalesce(@now::timestamptz, now()))
        ORDER BY g.priority, g.expires_at NULLS LAST, g.created_at, g.id
        LIMIT 100
        """);

    /// <summary>
    /// One line per transaction, found at its last entry. A repayment moves credits between the user's own two pockets and is
    /// not shown; what a withdrawal could not find is part of it.
    /// </summary>
    public static readonly Statement Entries = new("credits", "entries", """
        SELECT e.id, CASE e.kind WHEN 'owe' THEN 'withdraw' ELSE e.kind END AS kind,
            CASE e.kind WHEN 'grant' THEN t.amount ELSE -t.amount END AS amount, e.created_at AS at,
            CASE e.kind WHEN 'spend' THEN e.operation END AS generation_id, e.note AS description,
            CASE e.kind WHEN 'grant' THEN g.source END AS source
        FROM credits.entries e
        CROSS JOIN LATERAL (
            SELECT sum(x.amount)::bigint AS amount, max(x.id) AS last FROM credits.entries x WHERE x.operation = e.operation AND x.kind <> 'repay'
        ) t
        LEFT JOIN credits.grants g ON g.id = e.grant_id
        WHERE e.user_id = @user AND e.id < @before AND e.id = t.last AND e.kind = ANY (@kinds::text[])
            AND e.created_at >= coalesce(@from::timestamptz, '-infinity') AND e.created_at < coalesce(@to::timestamptz, 'infinity')
        ORDER BY e.id DESC
        LIMIT @take
        """);

    public static readonly Statement Budgets = new("credits", "budgets_used", """
        SELECT b.id, b.held + b.spent AS used
        FROM unnest(@ids::uuid[], @starts::timestamptz[]) AS t (id, starts) JOIN credits.budgets b ON b.id = t.id AND b.window_start = t.starts
        """);
}
