using AIMake.Accounts.Storage;
using AIMake.Credits;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Accounts.ApiKeys;

/// <summary>Where a page of keys ended.</summary>
internal sealed record ApiKeyCursor(DateTimeOffset At, Guid Id);

/// <summary>Makes, lists, changes and revokes a user's API keys. The key itself leaves here once, with the answer that made it.</summary>
internal sealed class ApiKeyService(
    Database database, ApiKeyRules rules, ApiKeyStates states, IBudgetGlance budgets, IAuditLog audit, TimeProvider clock, ILogger<ApiKeyService> log)
{
    public const int MostKeys = 100;

    public async Task<Outcome<NewApiKeyView>> CreateAsync(Guid userId, ApiKeyRequest request, CancellationToken ct)
    {
        if (rules.Check(request) is { } fault)
        {
            return fault;
        }

        var secret = ApiKeyText.New();
        _ = ApiKeyText.TryParse(secret, out var digest);
        var now = clock.GetUtcNow();
        var row = Row(Guid.CreateVersion7(now), userId, request) with { Last4 = secret[^ApiKeyText.LastShown..], CreatedAt = now };
        if (!await database.TransactAsync(DbPurpose.Hot, s => InsertAsync(s, row, digest, ct), ct))
        {
            return new Fault(FaultCodes.TooManyKeys, MostKeys);
        }

        AccountsLog.ApiKeyMade(log, row.Id, userId);
        var view = View(row, Micro.Zero);
        return new NewApiKeyView(
            view.Id, view.Name, view.Prefix, view.Last4, secret, view.Scopes, view.Models, view.CreatedAt, view.LastUsedAt, view.ExpiresAt, view.CreditLimit,
            view.RateLimit, view.MaxConcurrency);
    }

    public async Task<Page<ApiKeyView>> ListAsync(Guid userId, PageRequest<ApiKeyCursor> page, CancellationToken ct)
    {
        var views = await database.ReadAsync(
            DbPurpose.Hot,
            async session => await ViewsAsync(session, await ApiKeyStore.ListAsync(session, userId, page.After?.At, page.After?.Id, page.Take, ct), ct),
            ct);
        return page.ToPage(views, v => new ApiKeyCursor(v.CreatedAt, v.Id), v => v);
    }

    public Task<Outcome<ApiKeyView>> FindAsync(Guid userId, Guid id, CancellationToken ct) => database.ReadAsync(
        DbPurpose.Hot,
        async session => await ApiKeyStore.FindAsync(session, id, userId, ct) is { } row
            ? (Outcome<ApiKeyView>)(await ViewsAsync(session, [row], ct))[0]
            : new Fault(FaultCodes.NotFound),
        ct);

    /// <summary>Gives a key new terms; the key itself stays.</summary>
    public async Task<Outcome<ApiKeyView>> ChangeAsync(Guid userId, Guid id, ApiKeyRequest request, CancellationToken ct)
    {
        if (rules.Check(request) is { } fault)
        {
            return fault;
        }

        var row = Row(id, userId, request);
        if (await database.TransactAsync(DbPurpose.Hot, s => UpdateAsync(s, row, ct), ct) is not { } digest)
        {
            return new Fault(FaultCodes.NotFound);
        }

        states.Forget(digest);
        return await FindAsync(userId, id, ct);
    }

    /// <summary>Ends a key for good: here at once, on other nodes within seconds.</summary>
    public async Task<Outcome<Done>> RevokeAsync(Guid userId, Guid id, CancellationToken ct)
    {
        if (await database.TransactAsync(DbPurpose.Hot, s => EndAsync(s, id, userId, ct), ct) is not { } digest)
        {
            return new Fault(FaultCodes.NotFound);
        }

        states.Forget(digest);
        AccountsLog.ApiKeyRevoked(log, id, userId);
        return Done.Value;
    }

    private Task<bool> InsertAsync(DbSession session, ApiKeyRow row, ApiKeyDigest digest, CancellationToken ct) => ApiKeyStore.InsertAsync(session, row, digest, MostKeys, ct).ThenAsync(
        () => audit.WriteAsync(session, AuditEntry.Of(AuditActions.KeyCreated, "key", row.Id.ToString(), ("scopes", string.Join(' ', row.Scopes))) with { Actor = row.UserId }, ct));

    private async Task<ApiKeyDigest?> UpdateAsync(DbSession session, ApiKeyRow row, CancellationToken ct)
    {
        var digest = await ApiKeyStore.UpdateAsync(session, row, ct);
        if (digest is not null)
        {
            await audit.WriteAsync(session, AuditEntry.Of(AuditActions.KeyChanged, "key", row.Id.ToString(), ("scopes", string.Join(' ', row.Scopes))) with { Actor = row.UserId }, ct);
        }

        return digest;
    }

    private async Task<ApiKeyDigest?> EndAsync(DbSession session, Guid id, Guid userId, CancellationToken ct)
    {
        var digest = await ApiKeyStore.RevokeAsync(session, id, userId, clock.GetUtcNow(), ct);
        if (digest is not null)
        {
            await audit.WriteAsync(session, AuditEntry.Of(AuditActions.KeyDeleted, "key", id.ToString()) with { Actor = userId }, ct);
        }

        return digest;
    }

    private async Task<IReadOnlyList<ApiKeyView>> ViewsAsync(DbSession session, IReadOnlyList<ApiKeyRow> rows, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var windows = rows.Where(r => r.CreditWindow is not null).Select(r => (r.Id, Window(r).StartOf(now))).ToList();
        var used = await budgets.UsedAsync(session, windows, ct);
        return [.. rows.Select(r => View(r, used.GetValueOrDefault(r.Id)))];
    }

    private static ApiKeyRow Row(Guid id, Guid userId, ApiKeyRequest request) => new()
    {
        Id = id,
        UserId = userId,
        Name = request.Name,
        Scopes = ApiKeyScopes.Write(ApiKeyScopes.Read(request.Scopes)),
        Models = request.Models?.Distinct(StringComparer.Ordinal).ToArray(),
        ExpiresAt = request.ExpiresAt?.ToUniversalTime(),
        CreditLimit = request.CreditLimit?.Amount.Value,
        CreditWindow = request.CreditLimit?.Window.ToString().ToLowerInvariant(),
        RateLimit = request.RateLimit,
        MaxConcurrency = request.MaxConcurrency,
    };

    private static ApiKeyView View(ApiKeyRow row, Micro used) => new(
        row.Id, row.Name, ApiKeyText.Prefix, row.Last4, row.Scopes, row.Models, row.CreatedAt, row.LastUsedAt, row.ExpiresAt,
        row.CreditLimit is { } limit ? new ApiKeyLimitView(new Micro(limit), Window(row), used) : null, row.RateLimit, row.MaxConcurrency);

    private static BudgetWindow Window(ApiKeyRow row) => Enum.Parse<BudgetWindow>(row.CreditWindow!, ignoreCase: true);
}
