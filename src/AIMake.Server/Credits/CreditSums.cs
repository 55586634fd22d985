using AIMake.Platform.Database;

namespace AIMake.Credits;

/// <summary>What was moved under a set of keys.</summary>
/// <param name="Granted">Under their source keys.</param>
/// <param name="Withdrawn">Debts that came of it included.</param>
internal sealed record KeyedSums(Micro Granted, Micro Withdrawn);

/// <summary>A book against the balances it should give.</summary>
/// <param name="Entries">Sum of all that moved into and out of wallets, debts taken off.</param>
/// <param name="Balances">Sum of what accounts have, free and held, debts taken off.</param>
internal sealed record BookTotals(Micro Entries, Micro Balances)
{
    /// <summary>Zero, always.</summary>
    public Micro Drift => Entries - Balances;
}

/// <summary>Sums of the ledger for those who keep other books beside it.</summary>
internal interface ICreditSums
{
    /// <param name="grants">Source keys of grants.</param>
    /// <param name="withdrawals">Source keys of withdrawals.</param>
    Task<KeyedSums> OfKeysAsync(DbSession session, string[] grants, string[] withdrawals, CancellationToken ct);

    /// <param name="user">Null for everybody.</param>
    Task<BookTotals> TotalsAsync(DbSession session, Guid? user, CancellationToken ct);
}

/// <inheritdoc />
internal sealed class CreditSums : ICreditSums
{
    private static readonly Statement OfKeys = new("credits", "sums_of_keys", """
        SELECT (SELECT coalesce(sum(g.granted), 0) FROM credits.grants g WHERE g.source_key = ANY (@grants::text[]))::bigint AS granted,
            (SELECT coalesce(sum(e.amount), 0) FROM credits.entries e
                WHERE e.kind IN ('withdraw', 'owe')
                    AND e.operation = ANY (ARRAY(SELECT md5('withdraw:' || k)::uuid FROM unnest(@withdrawals::text[]) AS k)))::bigint AS withdrawn
        """);

    /// <summary>One statement, so that both sides are of the same moment.</summary>
    private static readonly Statement Totals = new("credits", "totals", """
        SELECT (SELECT coalesce(sum(CASE e.kind WHEN 'grant' THEN e.amount WHEN 'repay' THEN 0 ELSE -e.amount END), 0)
                FROM credits.entries e WHERE @user::uuid IS NULL OR e.user_id = @user)::bigint AS entries,
            (SELECT coalesce(sum(a.available + a.held - a.debt), 0) FROM credits.accounts a WHERE @user::uuid IS NULL OR a.user_id = @user)::bigint AS balances
        """);

    public async Task<KeyedSums> OfKeysAsync(DbSession session, string[] grants, string[] withdrawals, CancellationToken ct)
    {
        var row = await session.SingleAsync<SumsRow>(OfKeys, new { grants, withdrawals }, ct);
        return new KeyedSums(new Micro(row.Granted), new Micro(row.Withdrawn));
    }

    public async Task<BookTotals> TotalsAsync(DbSession session, Guid? user, CancellationToken ct)
    {
        var row = await session.SingleAsync<TotalsRow>(Totals, new { user }, ct);
        return new BookTotals(new Micro(row.Entries), new Micro(row.Balances));
    }

    private sealed record SumsRow(long Granted, long Withdrawn);

    private sealed record TotalsRow(long Entries, long Balances);
}
