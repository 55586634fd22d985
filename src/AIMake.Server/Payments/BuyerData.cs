using AIMake.Accounts;
using AIMake.Payments.Inbox;
using AIMake.Payments.Subscriptions;
using AIMake.Platform.Database;

namespace AIMake.Payments;

/// <summary>
/// A deleted buyer's orders and payments stay, as accounting must, under an id that names nobody any more. What names a person goes: the
/// provider's customer and the bodies of events.
/// </summary>
internal sealed class BuyerData : IUserDataOwner
{
    public async Task DeleteAsync(DbSession session, Guid userId, CancellationToken ct)
    {
        await SubscriptionStore.ForgetCustomersAsync(session, userId, ct);
        await InboxStore.ForgetAsync(session, userId, ct);
    }
}
