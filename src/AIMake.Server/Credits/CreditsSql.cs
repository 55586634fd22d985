using AIMake.Platform.Database;

namespace AIMake.Credits;

/// <summary>Every statement that writes money. The work is in the schema's functions: one round trip per batch.</summary>
internal static class CreditsSql
{
    public static readonly Statement Hold = new("credits", "hold", """
        SELECT ord, answer, spendable, owed, budgeted
        FROM credits.hold_within(@operations::uuid[], @users::uuid[], @amounts::bigint[], @leases::interval[],
            @budgets::uuid[], @limits::bigint[], @starts::timestamptz[], @now::timestamptz)
        ORDER BY ord
        """);

    public static readonly Statement Settle = new("credits", "settle", """
        SELECT done FROM credits.resolve_many(@operations::uuid[], @amounts::bigint[], @notes::text[], false, @now::timestamptz) ORDER BY ord
        """);

    public static readonly Statement Void = new("credits", "void", """
        SELECT done FROM credits.resolve_many(@operations::uuid[], NULL, NULL, false, @now::timestamptz) ORDER BY ord
        """);

    public static readonly Statement Renew = new("credits", "renew", """
        SELECT credits.renew_many(@operations::uuid[], @checkpoints::bigint[], @lease::interval, @now::timestamptz)
        """);

    public static readonly Statement OpenAdvance = new("credits", "open_advance", """
        SELECT credits.open_advance(@operation::uuid, @user::uuid, @ceiling::bigint, @want::bigint, @lease::interval, @now::timestamptz)
        """);

    public static readonly Statement Draw = new("credits", "draw", """
        SELECT credits.draw_many(@advances::uuid[], @operations::uuid[], @amounts::bigint[], @notes::text[], @now::timestamptz)
        """);

    public static readonly Statement Post = new("credits", "post", """
        SELECT credits.post_advances(@advances::uuid[], @keeps::bigint[], false, @now::timestamptz)
        """);

    public static readonly Statement Grant = new("credits", "grant", """
        SELECT credits.grant_credits(
            @user::uuid, @amount::bigint, @source::text, @sourceKey::text, @priority::integer, @expiresAt::timestamptz, @note::text, @now::timestamptz)
        """);

    public static readonly Statement Withdraw = new("credits", "withdraw", """
        SELECT credits.withdraw(@user::uuid, @amount::bigint, @sourceKey::text, @grantKey::text, @toDebt::boolean, @note::text, @now::timestamptz)
        """);

    public static readonly Statement OpenAccount = new("credits", "open_account", """
        SELECT credits.open_account(@user::uuid, @plan::text, @allowance::bigint, @now::timestamptz)
        """);

    public static readonly Statement SetPlan = new("credits", "set_plan", """
        SELECT credits.set_plan(@user::uuid, @plan::text, @allowance::bigint, @starts::timestamptz, @now::timestamptz)
        """);

    /// <summary>The charge of an advance that ended is null.</summary>
    public static readonly Statement Sweep = new("credits", "sweep", """
        SELECT operation, user_id, charged FROM credits.sweep(@limit::integer, @now::timestamptz)
        """);

    public static readonly Statement RefreshDue = new("credits", "refresh_due", """
        SELECT credits.refresh_due(@limit::integer, @now::timestamptz)
        """);

    public static readonly Statement Touch = new("credits", "touch", """
        SELECT credits.touch(@user::uuid, @now::timestamptz)
        """);

    /// <summary>Locks in the order of ids and skips what is busy: the next run meets it.</summary>
    public static readonly Statement AdoptAllowances = new("credits", "adopt_allowances", """
        WITH stale AS (
            SELECT a.user_id, p.allowance
            FROM credits.accounts a JOIN unnest(@plans::text[], @allowances::bigint[]) AS p (plan, allowance) ON p.plan = a.plan
            WHERE a.allowance <> p.allowance
            ORDER BY a.user_id LIMIT @limit::integer FOR NO KEY UPDATE OF a SKIP LOCKED
        )
        UPDATE credits.accounts a SET allowance = stale.allowance FROM stale WHERE a.user_id = stale.user_id
        """);

    public static readonly Statement CloseAccount = new("credits", "close_account", """
        UPDATE credits.accounts SET plan = 'closed', allowance = 0 WHERE user_id = @user
        """);
}
