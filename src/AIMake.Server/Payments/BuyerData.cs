using System.Text;
using AIMake.Accounts;
using AIMake.Accounts.Storage;
using AIMake.Payments.Inbox;
using AIMake.Payments.Orders;
using AIMake.Payments.Subscriptions;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Payments;

/// <summary>
/// A deleted buyer's orders and payments stay, as accounting must, under an id that names nobody any more. What names a person goes: the
/// provider's customer and the bodies of events. A subscription is canceled first: it runs out what was paid, and charges nothing more; and
/// pages that could still be paid are closed.
/// </summary>
internal sealed class BuyerData(SubscriptionDesk desk, OrderDesk orders, TimeProvider time) : IUserDataOwner
{
    public async Task<Outcome<Done>> PrepareAsync(Guid userId, CancellationToken ct)
    {
        if ((await desk.CancelAllAsync(userId, ct)).Fault is not null)
        {
            return new Fault(FaultCodes.SubscriptionRunning);
        }

        await orders.CloseOpenAsync(userId, ct);
        return Done.Value;
    }

    /// <exception cref="FaultException">SUBSCRIPTION_RUNNING: nobody would be left to cancel what the provider goes on charging for.</exception>
    public async Task DeleteAsync(DbSession session, Guid userId, CancellationToken ct)
    {
        if ((await SubscriptionStore.OfUserAsync(session, userId, ct)).Any(SubscriptionDesk.GoesOn))
        {
            throw new FaultException(new Fault(FaultCodes.SubscriptionRunning));
        }

        string[] marks = [userId.ToString(), .. await SubscriptionStore.CustomersAsync(session, userId, ct), .. await Users.FindAsync(session, userId, ct) is { } user ? [user.Email] : (string[])[]];
        await InboxStore.ForgetAsync(session, userId, [.. marks.Select(Encoding.UTF8.GetBytes)], time.GetUtcNow(), ct);
        await SubscriptionStore.ForgetCustomersAsync(session, userId, ct);
    }
}
