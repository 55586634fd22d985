using System.Text.Json;
using AIMake.Accounts;
using AIMake.Accounts.Roles;
using AIMake.Accounts.Storage;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Operations.Audit;

/// <summary>Who did something.</summary>
/// <param name="Username">Null when the account is gone.</param>
public sealed record AuditActor(Guid Id, string? Username);

/// <summary>One entry of the audit log.</summary>
/// <param name="At">UTC.</param>
/// <param name="Action">For example <c>session.signed_in</c>, <c>role.changed</c>, <c>credits.adjusted</c>.</param>
/// <param name="Actor">Null: the server itself, or nobody who was signed in.</param>
/// <param name="SubjectKind">What it was done to: <c>user</c>, <c>key</c>, <c>provider</c>…</param>
/// <param name="SubjectId">Its id or name.</param>
/// <param name="SubjectName">The username, where the subject is a user who still is one.</param>
/// <param name="Address">Address of the request; null where there was none, or after a year.</param>
/// <param name="RequestId">As in the server's log.</param>
/// <param name="Detail">Small facts by name, e.g. <c>from</c> and <c>to</c> of a changed role.</param>
public sealed record AuditEntryView(
    Guid Id, DateTimeOffset At, string Action, AuditActor? Actor, string SubjectKind, string SubjectId, string? SubjectName, string? Address, string? RequestId,
    JsonElement Detail);

/// <summary>The actions there are, for a filter.</summary>
public sealed record AuditActionList(IReadOnlyList<string> Actions);

/// <summary>Which entries are wanted; null is any.</summary>
internal sealed record AuditFilter(string? Action, Guid? Actor, string? Subject, DateTimeOffset? From, DateTimeOffset? To);

internal sealed record AuditCursor(DateTimeOffset At, Guid Id);

/// <summary>The audit log, for administrators.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder app)
    {
        var audit = app.MapGroup("/api/admin/audit").Require(Permission.ReadAudit).WithTags("Admin");
        audit.MapGet("", List).WithName("ListAudit").WithSummary("Who did what, newest first");
        audit.MapGet("/actions", () => new ApiResult<AuditActionList>(new AuditActionList(AuditActions.All))).WithName("ListAuditActions").WithSummary("Every action the log knows");
    }

    /// <param name="action">One of the known actions.</param>
    /// <param name="actor">Id of the user who did it.</param>
    /// <param name="subject">Id or name of what it was done to.</param>
    /// <param name="from">First moment, inclusive.</param>
    /// <param name="to">Last moment, exclusive.</param>
    private static async Task<ApiResult<Page<AuditEntryView>>> List(
        [AsParameters] PageQuery page, string? action, Guid? actor, string? subject, DateTimeOffset? from, DateTimeOffset? to, Database database, CancellationToken ct)
    {
        if (!page.Read<AuditCursor>("audit:at").TryGet(out var request, out var fault))
        {
            return ApiResult.From<Page<AuditEntryView>>(fault);
        }

        if (!string.IsNullOrEmpty(action) && !AuditActions.All.Contains(action))
        {
            return ApiResult.From<Page<AuditEntryView>>(Fault.Invalid("action", Said.OneOf(AuditActions.All)));
        }

        if (from >= to)
        {
            return ApiResult.From<Page<AuditEntryView>>(Fault.Invalid("to", new Said("must be later than from", "必须晚于 from")));
        }

        var filter = new AuditFilter(Given(action), actor, Given(subject), from?.ToUniversalTime(), to?.ToUniversalTime());
        return await database.ReadAsync(
            DbPurpose.Admin,
            async session =>
            {
                var rows = await AuditStore.ListAsync(session, filter, request.After, request.Take, ct);
                var names = await Users.NamesAsync(session, [.. rows.SelectMany(Ids).Distinct()], ct);
                return request.ToPage(rows, r => new AuditCursor(r.At, r.Id), r => View(r, names));
            },
            ct);
    }

    private static string? Given(string? text) => string.IsNullOrEmpty(text) || text.Contains('\0', StringComparison.Ordinal) ? null : text;

    private static IEnumerable<Guid> Ids(AuditRow row)
    {
        if (row.Actor is { } actor)
        {
            yield return actor;
        }

        if (Subject(row) is { } subject)
        {
            yield return subject;
        }
    }

    private static Guid? Subject(AuditRow row) => row.SubjectKind == "user" && Guid.TryParse(row.SubjectId, out var id) ? id : null;

    private static AuditEntryView View(AuditRow row, IReadOnlyDictionary<Guid, string> names) => new(
        row.Id, row.At, row.Action, row.Actor is { } actor ? new AuditActor(actor, names.GetValueOrDefault(actor)) : null,
        row.SubjectKind, row.SubjectId, Subject(row) is { } subject ? names.GetValueOrDefault(subject) : null, row.Address, row.RequestId, row.Detail);
}
