using AIMake.Accounts;
using AIMake.Payments.Inbox;
using AIMake.Payments.Subscriptions;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Payments;

/// <summary>
/// A deleted buyer's orders and payments stay, as accounting must, under an id that names nobody any more. What names a person goes: the
/// provider's customer and the bodies of events.
/// </summary>
internal sealed class BuyerData : IUserDataOwner
{
    /// <exception cref="FaultException">SUBSCRIPTION_RUNNING: nobody would be left to cancel what the provider goes on charging for.</exception>
    public async Task DeleteAsync(DbSession session, Guid userId, CancellationToken ct)
    {
        var subscriptions = await SubscriptionStore.OfUserAsync(session, userId, ct);
        if (subscriptions.Any(s => s is { IsOver: false, EndsAt: null, Status: not "incomplete" }))
        {
            throw new FaultException(new Fault(FaultCodes.SubscriptionRunning));
        }

        await SubscriptionStore.ForgetCustomersAsync(session, userId, ct);
        await InboxStore.ForgetAsync(session, userId, ct);
    }
}
