using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Payments.Orders;

/// <summary>
/// Gives money back through the provider. The wish is written down first, and one whose answer never came is asked again, in the same words,
/// before a new one: of any number of attempts one moves money where the provider can tell.
/// </summary>
internal sealed class RefundDesk(Database database, OrderDesk desk, PaymentProviders providers, TimeProvider time)
{
    /// <summary>Faults: NOT_FOUND, ORDER_NOT_REFUNDABLE, FIELD_OUT_OF_RANGE, PAYMENT_NOT_CONFIGURED, PAYMENT_PROVIDER_FAILED.</summary>
    /// <param name="payment">Ours: of a package, or of any period of a plan.</param>
    /// <param name="amount">Minor units; null for all that is left.</param>
    /// <param name="by">Null: the server itself.</param>
    public async Task<Outcome<Done>> GiveBackAsync(Guid payment, long? amount, string reason, Guid? by, CancellationToken ct)
    {
        var begun = await database.TryTransactAsync(DbPurpose.Admin, s => BeginAsync(s, payment, amount, reason, by, ct), ct);
        if (!begun.TryGet(out var refund, out var fault) || !providers.TryFind(refund.Payment.Provider, out var provider, out fault))
        {
            return fault;
        }

        var asked = await provider.RefundAsync(refund.Payment, refund.Refund, ct);
        if (!asked.TryGet(out var facts, out fault))
        {
            if (fault.Code == FaultCodes.OrderNotRefundable)
            {
                await EndAsync(refund.Refund, accepted: false, ct);
            }

            return fault;
        }

        await EndAsync(refund.Refund, accepted: true, ct);
        await desk.ApplyAsync(refund.Payment.Provider, facts, ct);
        return Done.Value;
    }

    private Task<int> EndAsync(AskedRefund refund, bool accepted, CancellationToken ct) =>
        database.TransactAsync(DbPurpose.Admin, s => PaymentStore.EndRefundAsync(s, refund.Id, accepted, time.GetUtcNow(), ct), ct);

    private async Task<Outcome<(PaymentRow Payment, AskedRefund Refund)>> BeginAsync(DbSession session, Guid id, long? amount, string reason, Guid? by, CancellationToken ct)
    {
        if (await PaymentStore.LockAsync(session, id, ct) is not { } payment)
        {
            return new Fault(FaultCodes.NotFound);
        }

        if (payment.Left == 0)
        {
            return new Fault(FaultCodes.OrderNotRefundable);
        }

        if (amount is { } wanted && (wanted < 1 || wanted > payment.Left))
        {
            return new Fault(FaultCodes.FieldOutOfRange, "amount", 1, payment.Left) { Field = "amount" };
        }

        if (await PaymentStore.FindAskedRefundAsync(session, payment.Id, ct) is { } unanswered)
        {
            return (payment, unanswered);
        }

        var part = amount ?? payment.Left;
        var gross = part == payment.Left ? (long?)null : payment.WithTax(payment.Refunded + part) - payment.WithTax(payment.Refunded);
        var refund = new AskedRefund(Guid.CreateVersion7(time.GetUtcNow()), part, gross);
        await PaymentStore.InsertRefundAsync(session, refund, payment.Id, reason, by, time.GetUtcNow(), ct);
        return (payment, refund);
    }
}
