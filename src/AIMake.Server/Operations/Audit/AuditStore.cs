using System.Text.Json;
using AIMake.Platform.Database;

namespace AIMake.Operations.Audit;

/// <summary>A row of <c>operations.audit</c>.</summary>
internal sealed record AuditRow
{
    public Guid Id { get; init; }

    public DateTimeOffset At { get; init; }

    public string Action { get; init; } = "";

    public Guid? Actor { get; init; }

    public string SubjectKind { get; init; } = "";

    public string SubjectId { get; init; } = "";

    public string? Address { get; init; }

    public string? RequestId { get; init; }

    public JsonElement Detail { get; init; }
}

/// <summary>SQL of <c>operations.audit</c>.</summary>
internal static class AuditStore
{
    private static readonly Statement Insert = new("operations", "audit_insert",
        """
        INSERT INTO operations.audit (id, at, action, actor, subject_kind, subject_id, address, request_id, detail)
        VALUES (@id, @at, @action, @actor, @subjectKind, @subjectId, @address, @requestId, @detail)
        """);

    private static readonly Statement List = new("operations", "audit_list",
        """
        SELECT id, at, action, actor, subject_kind, subject_id, address, request_id, detail::text AS detail FROM operations.audit
        WHERE (@action::text IS NULL OR action = @action)
            AND (@actor::uuid IS NULL OR actor = @actor)
            AND (@subject::text IS NULL OR subject_id = @subject)
            AND (@from::timestamptz IS NULL OR at >= @from) AND (@to::timestamptz IS NULL OR at < @to)
            AND (@afterAt::timestamptz IS NULL OR (at, id) < (@afterAt, @afterId::uuid))
        ORDER BY at DESC, id DESC LIMIT @take
        """);

    private static readonly Statement ForgetUser = new("operations", "audit_forget_addresses_of",
        "UPDATE operations.audit SET address = NULL WHERE (actor = @userId OR subject_id = @userId::uuid::text) AND address IS NOT NULL");

    private static readonly Statement ForgetOld = new("operations", "audit_forget_old_addresses",
        """
        UPDATE operations.audit SET address = NULL
        WHERE id IN (SELECT id FROM operations.audit WHERE address IS NOT NULL AND at < @before LIMIT 5000)
        """);

    public static Task InsertAsync(DbSession session, AuditRow row, CancellationToken ct) => session.ExecuteAsync(Insert, row, ct);

    public static Task<IReadOnlyList<AuditRow>> ListAsync(DbSession session, AuditFilter filter, AuditCursor? after, int take, CancellationToken ct) =>
        session.QueryAsync<AuditRow>(
            List, new { filter.Action, filter.Actor, filter.Subject, filter.From, filter.To, afterAt = after?.At, afterId = after?.Id, take }, ct);

    public static Task ForgetAddressesAsync(DbSession session, Guid userId, CancellationToken ct) => session.ExecuteAsync(ForgetUser, new { userId }, ct);

    /// <returns>Rows changed; call again while there are any.</returns>
    public static Task<int> ForgetAddressesAsync(DbSession session, DateTimeOffset before, CancellationToken ct) => session.ExecuteAsync(ForgetOld, new { before }, ct);
}
