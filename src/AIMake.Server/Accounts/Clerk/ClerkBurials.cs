using AIMake.Platform.Scheduling;

namespace AIMake.Accounts.Clerk;

/// <summary>Every hour: accounts whose people Clerk has deleted, and which could only be closed at the time, e.g. for a subscription nobody answered for.</summary>
internal sealed class ClerkBurials(ClerkUsers users) : IRecurringJob
{
    public string Name => "accounts-clerk-burials";

    public Recurrence When => Recurrence.Cron("0 35 * * * ?");

    public Task RunOnceAsync(CancellationToken ct) => users.FinishBurialsAsync(ct);
}
