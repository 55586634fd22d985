using System.Collections.Frozen;
using AIMake.Platform.Database;
using AIMake.Platform.Secrets;
using AIMake.Providers.Routing;

namespace AIMake.Providers.Pools;

/// <summary>
/// The pool keys of the database, opened. Every node looks at their revision every two seconds, and reads them anew when it
/// has changed. While the database is away, those last read stay in use.
/// </summary>
internal sealed class StoredKeys(Database database, ISecretBox box, TimeProvider time, ILogger<StoredKeys> log) : IKeySource, ISealedTable
{
    private readonly SemaphoreSlim _loading = new(1);
    private volatile Loaded _loaded = new(-1, [], FrozenDictionary<string, IReadOnlyList<KeySetup>>.Empty);

    public IReadOnlyDictionary<string, IReadOnlyList<KeySetup>> Current => _loaded.Keys;

    public string Name => "providers.pool_keys";

    /// <summary>What may be shown of a stored key; null when there is none of that id.</summary>
    public PoolKeyRow? Find(Guid id) => _loaded.Rows.FirstOrDefault(row => row.Id == id);

    /// <summary>Every stored key of a provider, also those that are not in its pool.</summary>
    public IEnumerable<PoolKeyRow> Of(string provider) => _loaded.Rows.Where(row => row.Provider == provider);

    /// <summary>Reads the keys if anything has changed.</summary>
    /// <returns>Whether it had.</returns>
    public async Task<bool> RefreshAsync(CancellationToken ct)
    {
        await _loading.WaitAsync(ct);
        try
        {
            // The revision first: what is written in between is then read once more, not missed.
            var revision = await database.ReadAsync(DbPurpose.Jobs, session => PoolStore.RevisionAsync(session, ct), ct);
            if (revision == _loaded.Revision) return false;
            var rows = await database.ReadAsync(DbPurpose.Jobs, session => PoolStore.AllAsync(session, ct), ct);
            _loaded = new Loaded(revision, rows, Open(rows));
            return true;
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Keys that tests have found good of late.</summary>
    public Task<IReadOnlyList<KeyEventRow>> TestedSinceAsync(TimeSpan ago, CancellationToken ct) =>
        database.ReadAsync(DbPurpose.Jobs, session => PoolStore.TestedSinceAsync(session, time.GetUtcNow() - ago, ct), ct);

    public byte[] Seal(PoolKeyRow row, string secret) => box.Seal(PoolStore.Aad(row), secret);

    public Task<IReadOnlyList<SealedRow>> ReadAsync(DbSession session, Guid? after, int take, CancellationToken ct) => PoolStore.BoxesAsync(session, after, take, ct);

    public Task<bool> ReplaceAsync(DbSession session, Guid id, byte[] old, byte[] renewed, CancellationToken ct) => PoolStore.ReboxAsync(session, id, old, renewed, ct);

    private FrozenDictionary<string, IReadOnlyList<KeySetup>> Open(IReadOnlyList<PoolKeyRow> rows) => rows
        .Select(row => (row.Provider, Key: Open(row)))
        .Where(of => of.Key is not null)
        .GroupBy(of => of.Provider, of => of.Key!)
        .ToFrozenDictionary(group => group.Key, group => (IReadOnlyList<KeySetup>)[.. group], StringComparer.Ordinal);

    private KeySetup? Open(PoolKeyRow row)
    {
        try
        {
            return new KeySetup(row.Id, box.Open(PoolStore.Aad(row), row.Box))
            {
                Name = row.Name, SecretId = row.SecretId, Weight = row.Weight, Disabled = row.Disabled, Host = row.Host, Stored = true,
            };
        }
        catch (SecretBoxException e)
        {
            log.KeyShut(row.Provider, row.Id, e.Message);
            return null;
        }
    }

    private sealed record Loaded(long Revision, IReadOnlyList<PoolKeyRow> Rows, FrozenDictionary<string, IReadOnlyList<KeySetup>> Keys);
}

/// <summary>Follows what other nodes do to the pools.</summary>
internal sealed class StoredKeysWatch(StoredKeys keys, ProviderRegistry registry, TimeProvider time, ILogger<StoredKeysWatch> log) : BackgroundService
{
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    /// <summary>How far back tests are looked for; each counts once.</summary>
    private static readonly TimeSpan LookBack = TimeSpan.FromSeconds(30);

    private readonly Queue<long> _seen = new();

    /// <summary>The first look is over before requests come.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryLookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public async Task LookAsync(CancellationToken ct)
    {
        if (!await keys.RefreshAsync(ct)) return;
        foreach (var tested in await keys.TestedSinceAsync(LookBack, ct))
        {
            if (_seen.Contains(tested.Id)) continue;
            _seen.Enqueue(tested.Id);
            if (_seen.Count > 1000) _seen.Dequeue();
            registry.Find(tested.Provider)?.Readmit(tested.KeyId);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await TryLookAsync(stoppingToken);
    }

    private async Task TryLookAsync(CancellationToken ct)
    {
        try
        {
            await LookAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.PoolsNotRead(e);
        }
    }
}
