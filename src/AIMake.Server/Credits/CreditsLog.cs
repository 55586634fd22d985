namespace AIMake.Credits;

/// <summary>Messages of the ledger; ids 1200–1299. Ids and figures, never what was made.</summary>
internal static partial class CreditsLog
{
    [LoggerMessage(1200, LogLevel.Warning, "{Count} holds outlived their owners and were ended")]
    public static partial void HoldsSwept(ILogger log, int count);

    [LoggerMessage(1201, LogLevel.Information, "{Count} accounts brought up to date with the calendar")]
    public static partial void AccountsRefreshed(ILogger log, int count);

    [LoggerMessage(1202, LogLevel.Critical, "Ledger invariant {Invariant} is broken by {Rows} rows, first {Id}: {Detail}")]
    public static partial void LedgerBroken(ILogger log, string invariant, int rows, string id, string detail);

    [LoggerMessage(1203, LogLevel.Information, "Ledger checked: {Invariants} invariants hold")]
    public static partial void LedgerClean(ILogger log, int invariants);
}
