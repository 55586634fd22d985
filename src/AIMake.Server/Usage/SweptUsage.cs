using AIMake.Credits;
using AIMake.Platform.Database;

namespace AIMake.Usage;

/// <summary>Calls whose server died are in the statistics too, as far as they had come when it last said so.</summary>
internal sealed class SweptUsage : ISweptHolds
{
    public Task SweptAsync(DbSession session, IReadOnlyList<SweptHold> swept, CancellationToken ct) => session.ExecuteAsync(
        UsageSql.RecordNoted, new { operations = swept.Select(s => s.Operation).ToArray(), charges = swept.Select(s => s.Charged.Value).ToArray() }, ct);
}
