using AIMake.Platform.Database;

namespace AIMake.Payments.Books;

/// <summary>What providers' own books say, beside ours.</summary>
internal static class ProviderBook
{
    private static readonly Statement Put = new("payments", "provider_payment_put", """
        INSERT INTO payments.provider_payments AS p (provider, payment_id, amount, currency, refunded, disputed, at, seen_at)
        VALUES (@provider, @payment, @amount, @currency, @refunded, @disputed, @at, @now)
        ON CONFLICT (provider, payment_id) DO UPDATE SET amount = excluded.amount, refunded = excluded.refunded, disputed = excluded.disputed, seen_at = excluded.seen_at
        WHERE (p.amount, p.refunded, p.disputed) IS DISTINCT FROM (excluded.amount, excluded.refunded, excluded.disputed)
        """);

    public static async Task<FactResult> SeeAsync(DbSession session, string provider, MoneySeen fact, DateTimeOffset now, CancellationToken ct)
    {
        await session.ExecuteAsync(
            Put, new { provider, payment = fact.PaymentId, fact.Amount, fact.Currency, fact.Refunded, disputed = fact.Disputed, at = fact.At, now }, ct);
        return new FactResult(FactVerdict.Known);
    }
}
