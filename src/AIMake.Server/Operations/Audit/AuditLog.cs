using System.Text.Json;
using AIMake.Accounts;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Http;
using AIMake.Platform.Scheduling;

namespace AIMake.Operations.Audit;

/// <summary>Writes the audit log. Who calls, from where and by which request is taken from the request under way, where there is one.</summary>
internal sealed class AuditLog(IHttpContextAccessor http, TimeProvider clock) : IAuditLog
{
    public Task WriteAsync(DbSession session, AuditEntry entry, CancellationToken ct)
    {
        var context = http.HttpContext;
        var now = clock.GetUtcNow();
        var caller = context is not null && CurrentCaller.TryGet(context, out var known) ? known : null;
        var row = new AuditRow
        {
            Id = Guid.CreateVersion7(now),
            At = now,
            Action = entry.Action,
            Actor = entry.Actor ?? caller?.UserId,
            SubjectKind = entry.SubjectKind,
            SubjectId = entry.SubjectId,
            Address = context is null ? null : ClientAddress.Of(context),
            RequestId = context?.TraceIdentifier is { Length: <= 64 } id ? id : null,
            Detail = JsonSerializer.SerializeToElement(entry.Detail, JsonFaults.Stored),
        };
        return AuditStore.InsertAsync(session, row, ct);
    }
}

/// <summary>
/// The log stays when a user leaves: what was done must remain provable, under an id that no longer names anybody. The addresses go.
/// </summary>
internal sealed class AuditUserData : IUserDataOwner
{
    public Task DeleteAsync(DbSession session, Guid userId, CancellationToken ct) => AuditStore.ForgetAddressesAsync(session, userId, ct);
}

/// <summary>Once a day: addresses older than a year are forgotten.</summary>
internal sealed class AuditAddressPurge(Database database, TimeProvider clock) : IRecurringJob
{
    public static readonly TimeSpan KeepAddresses = TimeSpan.FromDays(365);

    public string Name => "operations-audit-addresses";

    public Recurrence When => Recurrence.Cron("0 50 3 * * ?");

    public async Task RunOnceAsync(CancellationToken ct)
    {
        while (await database.TransactAsync(DbPurpose.Jobs, s => AuditStore.ForgetAddressesAsync(s, clock.GetUtcNow() - KeepAddresses, ct), ct) > 0)
        {
        }
    }
}
