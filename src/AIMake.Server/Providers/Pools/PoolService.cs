using AIMake.Catalog.Changes;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Outbound;
using AIMake.Providers.Routing;

namespace AIMake.Providers.Pools;

/// <summary>Position in a list that is sorted by name.</summary>
internal sealed record NameCursor(string Name);

/// <summary>Position in a list of keys.</summary>
internal sealed record KeyCursor(Guid Id);

/// <summary>Position among events.</summary>
internal sealed record EventCursor(long Id);

/// <summary>What an operator sees of the pools and does to them.</summary>
internal sealed class PoolService(ProviderRegistry registry, IKnownProviders known, StoredKeys stored, KeyEventBook events, CatalogChanges decisions, IAuditLog audit, Database database, TimeProvider time)
{
    private const int MostKeys = 100;
    private const int LongestName = 80;
    private const int LongestKey = 4_096;

    public Page<ProviderView> Providers(PageRequest<NameCursor> page) => page.ToPage(
        [.. registry.Pools.Values.OrderBy(pool => pool.Name, StringComparer.Ordinal)
            .Where(pool => page.After is null || string.CompareOrdinal(pool.Name, page.After.Name) > 0).Take(page.Take)],
        pool => new NameCursor(pool.Name), View);

    /// <summary>Gives a provider no new work, or work again, on every node.</summary>
    public async Task<Outcome<ProviderView>> SwitchAsync(string provider, bool? disabled, Guid by, CancellationToken ct)
    {
        if (registry.Find(provider) is not { } pool) return new Fault(FaultCodes.NotFound);
        if (disabled is { } off && off != pool.Setup.Off) await decisions.SwitchProviderAsync(provider, off, by, ct);
        return registry.Find(provider) is { } now ? View(now) : new Fault(FaultCodes.NotFound);
    }

    public Outcome<Page<PoolKeyView>> Keys(string provider, PageRequest<KeyCursor> page)
    {
        if (registry.Find(provider) is not { } pool) return new Fault(FaultCodes.NotFound);
        var shown = Shown(pool).Select(View).ToList();
        List<PoolKeyView> keys = [.. shown, .. stored.Of(provider).Where(row => !shown.Exists(key => key.Id == row.Id)).Select(row => Unusable(row, pool.Setup))];
        var from = page.After is null ? 0 : keys.FindIndex(key => key.Id == page.After.Id) + 1;
        return page.ToPage([.. keys.Skip(from).Take(page.Take)], key => new KeyCursor(key.Id), key => key);
    }

    /// <summary>A key goes where it was entered for: when the provider has moved since, it is not sent there, and is entered again.</summary>
    private static PoolKeyView Unusable(PoolKeyRow row, ProviderSetup setup)
    {
        var moved = row.Host != setup.BaseUrl.Authority;
        return new PoolKeyView
        {
            Id = row.Id, Name = row.Name, Prefix = row.Prefix, Last4 = row.Last4, Source = "added", Weight = row.Weight, Disabled = row.Disabled, State = moved ? "moved" : "shut",
            InFlight = 0, LastFault = moved ? $"entered for {row.Host}" : null, CreatedAt = row.CreatedAt,
        };
    }

    public async Task<Outcome<PoolKeyView>> AddAsync(string provider, NewPoolKeyRequest request, CancellationToken ct)
    {
        if (registry.Find(provider) is not { } pool) return new Fault(FaultCodes.NotFound);
        var pair = known.Find(provider)?.IsPair ?? false;
        if (Faults(NameFault(request.Name), KeyFault(request.Key, pair), WeightFault(request.Weight)) is { } fault) return fault;

        var half = pair ? request.Key.IndexOf(':', StringComparison.Ordinal) : -1;
        var (secretId, secret) = (half < 0 ? "" : request.Key[..half], request.Key[(half + 1)..]);
        if (pool.View().Keys.Any(key => key.Setup.Secret == secret && key.Setup.SecretId == secretId)) return new Fault(FaultCodes.KeyExists) { Field = "key" };

        var now = time.GetUtcNow();
        var row = new PoolKeyRow
        {
            Id = Guid.CreateVersion7(now), Provider = provider, Host = pool.Setup.BaseUrl.Authority, Name = request.Name, SecretId = secretId,
            Prefix = KeyMask.Prefix(secret), Last4 = KeyMask.Last4(secret), Weight = request.Weight ?? 1, Disabled = request.Disabled ?? false, CreatedAt = now,
        };
        row = row with { Box = stored.Seal(row, secret) };
        if (!await database.TransactAsync(DbPurpose.Admin, session => PoolStore.AddAsync(session, row, MostKeys, ct).ThenAsync(() => NoteAsync(session, AuditActions.PoolKeyAdded, provider, row.Id, ct)), ct)) return new Fault(FaultCodes.TooManyKeys, MostKeys);
        events.Record(new KeyEvent(now, provider, row.Id, KeyEventKind.Added));
        return await FreshAsync(provider, row.Id, ct);
    }

    public async Task<Outcome<PoolKeyView>> ChangeAsync(string provider, Guid id, PoolKeyChangeRequest request, CancellationToken ct)
    {
        if (Unchangeable(provider, id) is { } refused) return refused;
        if (Faults(request.Name is null ? null : NameFault(request.Name), WeightFault(request.Weight)) is { } fault) return fault;
        var changed = await database.TransactAsync(
            DbPurpose.Admin, session => PoolStore.ChangeAsync(session, provider, id, request.Name, request.Weight, request.Disabled, time.GetUtcNow(), ct)
                .ThenAsync(() => NoteAsync(session, AuditActions.PoolKeyChanged, provider, id, ct)), ct);
        return changed ? await FreshAsync(provider, id, ct) : new Fault(FaultCodes.NotFound);
    }

    public async Task<Outcome<Done>> DeleteAsync(string provider, Guid id, CancellationToken ct)
    {
        if (Unchangeable(provider, id) is { } refused) return refused;
        if (!await database.TransactAsync(DbPurpose.Admin, session => PoolStore.DeleteAsync(session, provider, id, ct).ThenAsync(() => NoteAsync(session, AuditActions.PoolKeyDeleted, provider, id, ct)), ct)) return new Fault(FaultCodes.NotFound);
        events.Record(new KeyEvent(time.GetUtcNow(), provider, id, KeyEventKind.Removed));
        await stored.RefreshAsync(ct);
        return Done.Value;
    }

    private Task NoteAsync(DbSession session, string action, string provider, Guid key, CancellationToken ct) =>
        audit.WriteAsync(session, AuditEntry.Of(action, "pool_key", key.ToString(), ("provider", provider)), ct);

    /// <summary>Asks the vendor, and brings a key that is found good back on every node.</summary>
    public async Task<Outcome<PoolKeyTestView>> TestAsync(string provider, Guid id, CancellationToken ct)
    {
        if (registry.Find(provider) is not { } pool || pool.Find(id) is not { } key) return new Fault(FaultCodes.NotFound);
        var (verdict, fault) = await KeyTest.RunAsync(pool.Setup.Vendor, key.Endpoint, ct);
        if (verdict == KeyVerdict.Valid && fault is null)
        {
            pool.Readmit(id);
            var tested = new KeyEvent(time.GetUtcNow(), provider, id, KeyEventKind.Recovered, "tested");
            await database.TransactAsync(DbPurpose.Admin, session => PoolStore.TestedAsync(session, tested, ct), ct);
        }
        else if (verdict == KeyVerdict.Refused)
        {
            pool.Heard(key, fault!);
        }
        return new PoolKeyTestView(verdict.ToString().ToLowerInvariant(), fault?.Detail);
    }

    public async Task<Outcome<Page<KeyEventView>>> EventsAsync(string provider, PageRequest<EventCursor> page, CancellationToken ct)
    {
        if (registry.Find(provider) is not { } pool) return new Fault(FaultCodes.NotFound);
        var rows = await database.ReadAsync(DbPurpose.Admin, session => PoolStore.EventsAsync(session, provider, page.After?.Id, page.Take, ct), ct);
        return page.ToPage(
            rows, row => new EventCursor(row.Id),
            row => new KeyEventView(row.At, row.Provider, row.KeyId, pool.Find(row.KeyId)?.Setup.Name ?? row.KeyId.ToString(), row.What, row.Detail));
    }

    /// <summary>Every provider that is in use has a key that works.</summary>
    public bool AllWork() => registry.Pools.Values.All(pool => State(pool.View()) is not "down");

    private static string State(PoolView view)
    {
        var inUse = view.Keys.Count(key => !key.Setup.Disabled);
        var healthy = view.Keys.Count(key => !key.Setup.Disabled && key.State == KeyState.Healthy);
        return inUse == 0 || view.Setup.Off ? "off" : healthy == inUse ? "ok" : healthy > 0 ? "degraded" : "down";
    }

    private static Fault? Faults(params Fault?[] found)
    {
        Fault[] faults = [.. found.OfType<Fault>()];
        return faults.Length == 0 ? null : faults[0] with { Also = faults[1..] };
    }

    private static Fault? NameFault(string name) => name.Length is 0 or > LongestName || name.Trim() != name || name.Any(char.IsControl)
        ? Fault.Invalid("name", Said.Name(LongestName))
        : null;

    private static Fault? WeightFault(int? weight) => weight is < 1 or > 1000 ? new Fault(FaultCodes.FieldOutOfRange, "weight", 1, 1000) { Field = "weight" } : null;

    /// <summary>Line breaks and the like would become headers of their own at the vendor.</summary>
    private static Fault? KeyFault(string key, bool pair)
    {
        if (key.Length > LongestKey) return Fault.Invalid("key", Said.AtMost(LongestKey));
        if (OutboundHeaders.Check(key, "key").Fault is { } fault) return fault;
        return pair && key.Split(':') is not [{ Length: > 0 }, { Length: > 0 }] ? Fault.Invalid("key", Said.Pair) : null;
    }

    private Fault? Unchangeable(string provider, Guid id) =>
        registry.Find(provider)?.Find(id) is { Setup.Stored: false } ? new Fault(FaultCodes.KeyFromSettings) : null;

    private async Task<Outcome<PoolKeyView>> FreshAsync(string provider, Guid id, CancellationToken ct)
    {
        await stored.RefreshAsync(ct);
        return registry.Find(provider)?.View().Keys.FirstOrDefault(key => key.Setup.Id == id) is { } key ? View(key) : new Fault(FaultCodes.NotFound);
    }

    /// <summary>The key that stands for «none needed» is not one.</summary>
    private static IEnumerable<KeyView> Shown(KeyPool pool) => pool.View().Keys.Where(key => key.Setup.Secret.Length > 0);

    private ProviderView View(KeyPool pool)
    {
        var view = pool.View();
        var shown = view.Keys.Where(key => !key.Setup.Disabled).ToList();
        return new ProviderView
        {
            Name = pool.Name, Type = view.Setup.Vendor.Type, Host = view.Setup.BaseUrl.Authority, Kinds = Kinds(view.Setup), State = State(view),
            Keys = new KeyCounts(shown.Count, shown.Count(key => key.State == KeyState.Healthy)),
            Calls = view.Calls, Errors = view.Errors, FirstByteMs = view.FirstByteP50, Pair = known.Find(pool.Name)?.IsPair ?? false,
            Disabled = view.Setup.Off,
        };
    }

    private static IReadOnlyList<string> Kinds(ProviderSetup setup)
    {
        var endpoint = new ProviderEndpoint(setup.Name, setup.BaseUrl, "") { Settings = setup.Settings };
        var vendor = setup.Vendor;
        (string Kind, object? Seam)[] seams =
        [
            ("speech", vendor.Speech(endpoint)), ("chat", vendor.Chat(endpoint)), ("embedding", vendor.Embeddings(endpoint)),
            ("image", vendor.Images(endpoint)), ("video", vendor.Videos(endpoint)), ("transcription", vendor.Transcription(endpoint)),
        ];
        return [.. seams.Where(of => of.Seam is not null).Select(of => of.Kind)];
    }

    private PoolKeyView View(KeyView key)
    {
        var row = key.Setup.Stored ? stored.Find(key.Setup.Id) : null;
        return new PoolKeyView
        {
            Id = key.Setup.Id, Name = key.Setup.Name, Prefix = row?.Prefix ?? KeyMask.Prefix(key.Setup.Secret), Last4 = row?.Last4 ?? KeyMask.Last4(key.Setup.Secret),
            Source = key.Setup.Stored ? "added" : "settings", Weight = key.Setup.Weight, Disabled = key.Setup.Disabled, State = PoolWords.Of(key.State),
            Until = key.Until, InFlight = key.InFlight, LastUsedAt = key.LastUsedAt,
            LastFault = key.LastFault is { } fault ? fault.Detail ?? fault.Kind.ToString() : null, CreatedAt = row?.CreatedAt,
        };
    }
}

/// <summary>The little of a key that may be seen.</summary>
internal static class KeyMask
{
    private const int Shortest = 20;

    public static string Prefix(string key) => key.Length >= Shortest ? key[..6] : "";

    public static string Last4(string key) => key.Length >= Shortest ? key[^4..] : "";
}
