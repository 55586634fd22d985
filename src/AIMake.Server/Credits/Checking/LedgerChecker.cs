using AIMake.Platform.Database;

namespace AIMake.Credits.Checking;

/// <summary>A row that breaks an invariant.</summary>
/// <param name="Id">Account, grant or operation.</param>
/// <param name="Detail">The figures that disagree, in micro-credits.</param>
internal sealed record LedgerViolation(string Id, string Detail);

/// <summary>A broken invariant with the first of its offending rows.</summary>
internal sealed record LedgerFinding(LedgerInvariant Invariant, IReadOnlyList<LedgerViolation> Violations)
{
    public override string ToString() =>
        $"{Invariant.Name}: {Invariant.Meaning}{string.Concat(Violations.Select(v => $"\n    {v.Id}  {v.Detail}"))}";
}

/// <summary>Proves that every balance is the sum of its entries, and everything else that must hold of the ledger.</summary>
internal sealed class LedgerChecker(Database database, CreditClock clock)
{
    /// <summary>Offending rows named per invariant.</summary>
    public const int MostRows = 20;

    /// <summary>A hold may be swept this long after its lease: one missed sweep (faults: every 30 s).</summary>
    private static readonly TimeSpan HoldGrace = TimeSpan.FromSeconds(35);

    /// <summary>An expired lot may wait this long for the calendar job; nobody can spend from it meanwhile.</summary>
    private static readonly TimeSpan LotGrace = TimeSpan.FromHours(2);

    /// <param name="timely">Also ask whether the sweepers keep up.</param>
    /// <returns>What is broken; empty when all is well.</returns>
    public Task<IReadOnlyList<LedgerFinding>> FindAsync(bool timely, CancellationToken ct) =>
        database.ReadAsync<IReadOnlyList<LedgerFinding>>(
            DbPurpose.Jobs,
            async session =>
            {
                var findings = new List<LedgerFinding>();
                foreach (var invariant in LedgerInvariants.All.Where(i => timely || !i.Timely))
                {
                    var rows = await session.QueryAsync<LedgerViolation>(
                        invariant.Query, new { limit = MostRows, now = clock.Now, holdGrace = HoldGrace, lotGrace = LotGrace }, ct);
                    if (rows.Count > 0)
                    {
                        findings.Add(new LedgerFinding(invariant, rows));
                    }
                }

                return findings;
            },
            ct);

    /// <summary>How much there is to check.</summary>
    public Task<LedgerSize> MeasureAsync(CancellationToken ct) =>
        database.ReadAsync(DbPurpose.Jobs, session => session.SingleAsync<LedgerSize>(LedgerInvariants.SizeSql, null, ct), ct);
}

/// <summary>Rows of each kind.</summary>
internal sealed record LedgerSize(long Accounts, long Grants, long Holds, long Entries);
