using AIMake.Platform.Database;

namespace AIMake.Credits.Checking;

/// <summary>Something that is always true of the ledger, as a query for the rows that break it.</summary>
/// <param name="Name">Short name, as reported.</param>
/// <param name="Meaning">What is wrong when it breaks, in a sentence for an operator.</param>
/// <param name="Query">Answers <c>id</c> and <c>detail</c> of each offending row; must answer none.</param>
/// <param name="Timely">True when it speaks of the sweepers: it may break briefly and without harm while they are behind.</param>
internal sealed record LedgerInvariant(string Name, string Meaning, Statement Query, bool Timely = false);
