using AIMake.Platform.Scheduling;

namespace AIMake.Payments.Inbox;

/// <summary>Drives events that wait.</summary>
internal sealed class InboxJob(WebhookInbox inbox) : IRecurringJob
{
    public string Name => "payments-inbox";

    public Recurrence When => Recurrence.Every(TimeSpan.FromSeconds(30));

    public Task RunOnceAsync(CancellationToken ct) => inbox.DriveAsync(ct);
}
