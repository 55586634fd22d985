using AIMake.Accounts.Storage;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Providers;
using AIMake.Providers.Routing;

namespace AIMake.Accounts.ProviderKeys;

/// <summary>Where a page of keys ended.</summary>
internal sealed record ProviderKeyCursor(DateTimeOffset At, Guid Id);

/// <summary>Takes, lists, changes and tests users' own provider keys.</summary>
internal sealed class ProviderKeyService(
    Database database, ProviderKeyRules rules, ProviderKeyBoxes boxes, IKnownProviders providers, OwnProviderKeys opened, IAuditLog audit, TimeProvider clock,
    ILogger<ProviderKeyService> log)
{
    public const int MostKeys = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public async Task<Outcome<ProviderKeyView>> CreateAsync(Guid userId, ProviderKeyRequest request, CancellationToken ct)
    {
        var checkedRow = await CheckAsync(Guid.CreateVersion7(clock.GetUtcNow()), userId, request.Service, request.KeyName, request.KeyValue, request.BaseUrl, ct);
        if (!checkedRow.TryGet(out var row, out var fault))
        {
            return fault;
        }

        row = row with { CreatedAt = clock.GetUtcNow() };
        if (!await database.TransactAsync(DbPurpose.Hot, s => InsertAsync(s, row, ct), ct))
        {
            return new Fault(FaultCodes.TooManyKeys, MostKeys);
        }

        opened.Forget(userId);
        AccountsLog.ProviderKeyTaken(log, row.Id, userId, row.Service);
        return await FindAsync(userId, row.Id, ct);
    }

    public async Task<Page<ProviderKeyView>> ListAsync(Guid userId, PageRequest<ProviderKeyCursor> page, CancellationToken ct)
    {
        var rows = await database.ReadAsync(
            DbPurpose.Hot, s => ProviderKeyStore.ListAsync(s, userId, page.After?.At, page.After?.Id, page.Take, Today, ct), ct);
        return page.ToPage(rows, r => new ProviderKeyCursor(r.CreatedAt, r.Id), View);
    }

    public async Task<Outcome<ProviderKeyView>> FindAsync(Guid userId, Guid id, CancellationToken ct) =>
        await RowAsync(userId, id, ct) is { } row ? View(row) : new Fault(FaultCodes.NotFound);

    /// <summary>A key goes where it was entered for: another provider or address needs the key again.</summary>
    public async Task<Outcome<ProviderKeyView>> ChangeAsync(Guid userId, Guid id, ProviderKeyChangeRequest request, CancellationToken ct)
    {
        if (await RowAsync(userId, id, ct) is not { } old)
        {
            return new Fault(FaultCodes.NotFound);
        }

        var (service, baseUrl) = (request.Service ?? old.Service, request.BaseUrl ?? old.BaseUrl ?? "");
        if (request.KeyValue is null && (service != old.Service || baseUrl.TrimEnd('/') != (old.BaseUrl ?? "")))
        {
            return new Fault(FaultCodes.SecretRequired) { Field = "keyValue" };
        }

        if (request.Status is not (null or "active" or "disabled"))
        {
            return Fault.Invalid("status", Said.OneOf("active", "disabled"));
        }

        var name = request.KeyName ?? old.Name;
        var row = old with { Name = name };
        if (request.KeyValue is { } key)
        {
            if (!(await CheckAsync(id, userId, service, name, key, baseUrl, ct)).TryGet(out var renewed, out var fault))
            {
                return fault;
            }

            row = renewed with { UpdatedAt = old.UpdatedAt, Status = "active" };
        }
        else if (ProviderKeyRules.Name(name) is { } fault)
        {
            return fault;
        }

        row = row with { Status = request.Status ?? row.Status };
        if (!await database.TransactAsync(DbPurpose.Hot, s => UpdateAsync(s, row, request.KeyValue is not null, ct), ct))
        {
            return new Fault(FaultCodes.Conflict);
        }

        opened.Forget(userId);
        return await FindAsync(userId, id, ct);
    }

    public async Task<Outcome<Done>> DeleteAsync(Guid userId, Guid id, CancellationToken ct)
    {
        var gone = await database.TransactAsync(DbPurpose.Hot, s => DeleteAsync(s, id, userId, ct), ct);
        opened.Forget(userId);
        return gone ? Done.Value : new Fault(FaultCodes.NotFound);
    }

    private Task<bool> InsertAsync(DbSession session, ProviderKeyRow row, CancellationToken ct) => ProviderKeyStore.InsertAsync(session, row, MostKeys, ct).ThenAsync(
        () => audit.WriteAsync(session, AuditEntry.Of(AuditActions.ProviderKeyAdded, "provider_key", row.Id.ToString(), ("service", row.Service)) with { Actor = row.UserId }, ct));

    /// <param name="replaced">Whether the key itself is another one now.</param>
    private Task<bool> UpdateAsync(DbSession session, ProviderKeyRow row, bool replaced, CancellationToken ct) =>
        ProviderKeyStore.UpdateAsync(session, row, clock.GetUtcNow(), ct).ThenAsync(() => audit.WriteAsync(
            session,
            AuditEntry.Of(AuditActions.ProviderKeyChanged, "provider_key", row.Id.ToString(), ("service", row.Service), ("status", row.Status), ("replaced", replaced ? "true" : "false"))
                with { Actor = row.UserId },
            ct));

    private Task<bool> DeleteAsync(DbSession session, Guid id, Guid userId, CancellationToken ct) => ProviderKeyStore.DeleteAsync(session, id, userId, ct).ThenAsync(
        () => audit.WriteAsync(session, AuditEntry.Of(AuditActions.ProviderKeyDeleted, "provider_key", id.ToString()) with { Actor = userId }, ct));

    /// <summary>Asks the provider, and remembers what it said.</summary>
    public async Task<Outcome<ProviderKeyTest>> TestAsync(Guid userId, Guid id, CancellationToken ct)
    {
        if (await RowAsync(userId, id, ct) is not { } row)
        {
            return new Fault(FaultCodes.NotFound);
        }

        if (boxes.Open(row) is not { } endpoint)
        {
            return new Fault(FaultCodes.SecretRequired) { Field = "keyValue" };
        }

        var verdict = await AskAsync(providers.Find(row.Service)!.Vendor, endpoint, ct);
        var status = (verdict, row.Status) switch
        {
            (_, "disabled") => "disabled",
            (ProviderKeyVerdict.Valid, _) => "active",
            (ProviderKeyVerdict.Refused, _) => "refused",
            _ => row.Status,
        };
        if (verdict is not ProviderKeyVerdict.Unreachable)
        {
            // Also where it stays as it was: calls that ended before are written down after this, and must not overrule it.
            var at = clock.GetUtcNow();
            await database.TransactAsync(DbPurpose.Hot, s => ProviderKeyStore.JudgeAsync(s, row, status, at, ct), ct);
            opened.Forget(userId);
        }

        AccountsLog.ProviderKeyTested(log, id, userId, row.Service, verdict);
        return new ProviderKeyTest(verdict, status);
    }

    private DateTime Today => clock.GetUtcNow().UtcDateTime.Date;

    private async Task<ProviderKeyVerdict> AskAsync(IVendor vendor, ProviderEndpoint endpoint, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            await vendor.TestAsync(endpoint, limit.Token);
            return ProviderKeyVerdict.Valid;
        }
        catch (ProviderException e)
        {
            return e.Fault.Kind switch
            {
                ProviderFaultKind.Throttled => ProviderKeyVerdict.Valid, // too busy for it now, and knows it
                ProviderFaultKind.Unauthorized or ProviderFaultKind.QuotaExhausted or ProviderFaultKind.Rejected => ProviderKeyVerdict.Refused,
                _ => ProviderKeyVerdict.Unreachable,
            };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ProviderKeyVerdict.Unreachable;
        }
    }

    private Task<ProviderKeyRow?> RowAsync(Guid userId, Guid id, CancellationToken ct) =>
        database.ReadAsync(DbPurpose.Hot, s => ProviderKeyStore.FindAsync(s, id, userId, Today, ct), ct);

    private async Task<Outcome<ProviderKeyRow>> CheckAsync(Guid id, Guid userId, string service, string name, string key, string? baseUrl, CancellationToken ct)
    {
        var provider = rules.Service(service);
        var faults = new[] { provider.Fault, ProviderKeyRules.Name(name), provider.Ok ? ProviderKeyRules.Key(provider.Value, key) : null }.OfType<Fault>().ToList();
        var address = await rules.BaseUrlAsync(baseUrl, ct);
        if (address.Fault is { } unwelcome)
        {
            faults.Add(unwelcome);
        }

        if (faults.Count > 0)
        {
            return faults[0] with { Also = faults[1..] };
        }

        var target = ProviderKeyBoxes.AddressOf(address.Value, provider.Value);
        return new ProviderKeyRow
        {
            Id = id,
            UserId = userId,
            Service = service,
            Name = name,
            BaseUrl = address.Value,
            Host = target.Authority,
            Box = boxes.Seal(userId, id, service, target, key),
            Last4 = ProviderKeyRules.Last4(key),
            Status = "active",
        };
    }

    private static ProviderKeyView View(ProviderKeyRow row) => new(
        row.Id, row.Service, row.Name, $"••••{row.Last4}", row.BaseUrl, row.Status, row.CreatedAt, row.LastUsedAt, new(row.TotalCalls, row.MonthlyCalls, row.DailyCalls));
}
