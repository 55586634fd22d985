using AIMake.Platform.Scheduling;

namespace AIMake.Credits.Checking;

/// <summary>The hourly check: says loudly what is broken, changes nothing.</summary>
internal sealed class LedgerAudit(LedgerChecker checker, ILogger<LedgerAudit> log) : IRecurringJob
{
    public string Name => "credits-audit";

    public Recurrence When => Recurrence.Cron("0 7 * * * ?");

    Task IRecurringJob.RunOnceAsync(CancellationToken ct) => RunOnceAsync(ct);

    /// <returns>True when every invariant holds.</returns>
    public async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        var findings = await checker.FindAsync(timely: true, ct);
        foreach (var finding in findings)
        {
            CreditsLog.LedgerBroken(log, finding.Invariant.Name, finding.Violations.Count, finding.Violations[0].Id, finding.Violations[0].Detail);
        }

        if (findings.Count == 0)
        {
            CreditsLog.LedgerClean(log, LedgerInvariants.All.Count);
        }

        return findings.Count == 0;
    }
}
