using System.Text.Json;
using AIMake.Platform.Database;

namespace AIMake.Catalog.Changes;

/// <summary>A row of <c>catalog.changes</c>.</summary>
internal sealed record CatalogChangeRow
{
    public long Revision { get; init; }

    public string Subject { get; init; } = "";

    public string Name { get; init; } = "";

    public bool Disabled { get; init; }

    public JsonElement? Prices { get; init; }

    public Guid ChangedBy { get; init; }

    public DateTimeOffset ChangedAt { get; init; }
}

/// <summary>SQL of what administrators decide. The caller owns the transaction.</summary>
internal static class CatalogChangeStore
{
    public const string Model = "model";
    public const string Provider = "provider";

    private const string Columns = "revision, subject, name, disabled, prices, changed_by, changed_at";

    private static readonly Statement Look = new("catalog", "revision_look", "SELECT revision FROM catalog.revision");

    // Its lock is held until the commit, so that changes become visible in the order of their numbers.
    private static readonly Statement Raise = new("catalog", "revision_raise", "UPDATE catalog.revision SET revision = revision + 1 RETURNING revision");

    private static readonly Statement InForce = new("catalog", "change_in_force",
        $"SELECT DISTINCT ON (subject, name) {Columns} FROM catalog.changes ORDER BY subject, name, revision DESC");

    private static readonly Statement Insert = new("catalog", "change_insert",
        $"""
        INSERT INTO catalog.changes ({Columns})
        SELECT @revision, @subject::text, @name::text, coalesce(@disabled::boolean, old.disabled, false),
               CASE WHEN @reprice THEN @prices::jsonb ELSE old.prices END, @by, @at::timestamptz
        FROM (VALUES (1)) AS once LEFT JOIN LATERAL (
            SELECT disabled, prices FROM catalog.changes WHERE subject = @subject::text AND name = @name::text ORDER BY revision DESC LIMIT 1) AS old ON true
        """);

    private static readonly Statement History = new("catalog", "change_history",
        $"""
        SELECT {Columns} FROM catalog.changes
        WHERE subject = @subject AND name = @name AND revision < coalesce(@before::bigint, 9223372036854775807)
        ORDER BY revision DESC LIMIT @take
        """);

    public static Task<long> RevisionAsync(DbSession session, CancellationToken ct) => session.SingleAsync<long>(Look, null, ct);

    public static Task<IReadOnlyList<CatalogChangeRow>> InForceAsync(DbSession session, CancellationToken ct) => session.QueryAsync<CatalogChangeRow>(InForce, null, ct);

    /// <param name="disabled">Null: as it was.</param>
    /// <param name="reprice">Whether <paramref name="prices"/> count; otherwise they stay as they were.</param>
    public static async Task AddAsync(
        DbSession session, string subject, string name, bool? disabled, bool reprice, JsonElement? prices, Guid by, DateTimeOffset at, CancellationToken ct)
    {
        var revision = await session.SingleAsync<long>(Raise, null, ct);
        await session.ExecuteAsync(Insert, new { revision, subject, name, disabled, reprice, prices, by, at }, ct);
    }

    /// <summary>Newest first.</summary>
    public static Task<IReadOnlyList<CatalogChangeRow>> HistoryAsync(DbSession session, string subject, string name, long? before, int take, CancellationToken ct) =>
        session.QueryAsync<CatalogChangeRow>(History, new { subject, name, before, take }, ct);
}
