using AIMake.Platform.Database;

namespace AIMake.Payments.Books;

/// <summary>What providers' own books say, beside ours.</summary>
internal static class ProviderBook
{
    private static readonly Statement Put = new("payments", "provider_payment_put", """
        INSERT INTO payments.provider_payments AS p (provider, payment_id, amount, currency, refunded, at, seen_at)
        VALUES (@provider, @payment, @amount, @currency, @refunded, @at, @now)
        ON CONFLICT (provider, payment_id) DO UPDATE SET amount = excluded.amount, refunded = excluded.refunded, seen_at = excluded.seen_at
        WHERE (p.amount, p.refunded) <> (excluded.amount, excluded.refunded)
        """);

    public static async Task<FactResult> SeeAsync(DbSession session, string provider, MoneySeen fact, DateTimeOffset now, CancellationToken ct)
    {
        await session.ExecuteAsync(
            Put, new { provider, payment = fact.PaymentId, fact.Amount, fact.Currency, fact.Refunded, at = fact.At, now }, ct);
        return new FactResult(FactVerdict.Known);
    }
}
