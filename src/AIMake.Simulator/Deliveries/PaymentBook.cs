namespace AIMake.Simulator.Deliveries;

/// <summary>
/// What was paid to the simulated providers, in their own words: the truth that the books of whoever sells are checked against.
/// Taking switches back leaves it alone.
/// </summary>
internal sealed class PaymentBook
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Payment> _payments = [];

    /// <summary>In the order they were made.</summary>
    public IReadOnlyList<Payment> All
    {
        get
        {
            lock (_gate) return [.. _payments.Values];
        }
    }

    public void Enter(Payment payment)
    {
        lock (_gate) _payments.Add(payment.Id, payment);
    }

    public void Change(string id, Func<Payment, Payment> change)
    {
        lock (_gate) _payments[id] = change(_payments[id]);
    }
}

/// <summary>One payment.</summary>
/// <param name="Provider"><c>stripe</c> or <c>creem</c>.</param>
/// <param name="Id">The charge (Stripe) or transaction (Creem).</param>
/// <param name="Order">The seller's own id that travelled along; null when none did.</param>
/// <param name="Subscription">Of a subscription's period; null for a pack.</param>
/// <param name="Invoice">Of a subscription's period at Stripe.</param>
/// <param name="Amount">Minor units, what the customer paid.</param>
/// <param name="Currency">Lower case.</param>
/// <param name="Refunded">Of the amount, given back so far.</param>
/// <param name="Disputed">Of the amount, taken away by disputes that are open or lost.</param>
/// <param name="At">Unix seconds.</param>
internal sealed record Payment(
    string Provider, string Id, string? Order, string? Subscription, string? Invoice, long Amount, string Currency, long Refunded, long Disputed, long At);
