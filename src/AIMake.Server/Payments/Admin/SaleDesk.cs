using AIMake.Accounts.Storage;
using AIMake.Payments.Inbox;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Payments.Admin;

/// <summary>Sales that name nobody: what is known of each, and the word of a person on whose it was.</summary>
internal sealed class SaleDesk(Database database, WebhookInbox inbox, IAuditLog audit)
{
    /// <summary>Faults: NOT_FOUND (no such event, or nobody of that id who can buy), ORDER_NOT_MATCHED, EVENT_TAKEN.</summary>
    public async Task<Outcome<InboxRow>> AssignAsync(Guid webhook, Guid user, string reason, CancellationToken ct)
    {
        if (await database.ReadAsync(DbPurpose.Admin, s => Users.FindAsync(s, user, ct), ct) is not { IsActive: true })
        {
            return new Fault(FaultCodes.NotFound) { Field = "userId" };
        }

        var entry = AuditEntry.Of(AuditActions.SaleAssigned, "webhook", webhook.ToString(), ("user", user.ToString()), ("reason", reason));
        var assigned = await inbox.AssignAsync(webhook, user, s => audit.WriteAsync(s, entry, ct), ct);
        return assigned.Fault is { } fault ? fault : (await database.ReadAsync(DbPurpose.Admin, s => InboxStore.FindAsync(s, webhook, ct), ct))!;
    }
}

/// <summary>What an event says was sold, for whoever looks for the buyer.</summary>
/// <param name="Reference">Names the payment for ever.</param>
/// <param name="Product">The provider's id of what was sold; null where it tells none.</param>
/// <param name="Item">Our id of the same; null when the catalog has none.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="OrderId">The order it names, whether there is one or not.</param>
/// <param name="Email">Who paid, as the provider verified it.</param>
public sealed record SaleView(string Reference, string? Product, string? Item, long Amount, string Currency, DateTimeOffset PaidAt, Guid? OrderId, string? Email);
