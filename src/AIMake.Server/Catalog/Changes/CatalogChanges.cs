using System.Collections.Frozen;
using System.Text.Json;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;

namespace AIMake.Catalog.Changes;

/// <summary>
/// The decisions of administrators, kept in the database with who made them and when. Every node looks at their revision every two
/// seconds and reads them anew when it has changed. While the database is away, those last read stay in force.
/// </summary>
internal sealed class CatalogChanges(Database database, IAuditLog audit, TimeProvider time, ILogger<CatalogChanges> log) : ICatalogOverrides
{
    private readonly SemaphoreSlim _loading = new(1);
    private long _revision = -1;
    private volatile CatalogOverrides _current = CatalogOverrides.None;

    public CatalogOverrides Current => _current;

    /// <param name="disabled">Null: as it was.</param>
    /// <param name="prices">Null: as they were; none: the file's again.</param>
    public async Task ChangeModelAsync(string model, bool? disabled, IReadOnlyList<UnitPrice>? prices, Guid by, CancellationToken ct)
    {
        JsonElement? kept = prices is { Count: > 0 } ? JsonSerializer.SerializeToElement(prices, CatalogReader.Options) : null;
        await AddAsync(CatalogChangeStore.Model, model, disabled, prices is not null, kept, by, ct);
    }

    public Task SwitchProviderAsync(string provider, bool disabled, Guid by, CancellationToken ct) =>
        AddAsync(CatalogChangeStore.Provider, provider, disabled, reprice: false, null, by, ct);

    /// <summary>What was decided about a model, newest first.</summary>
    public Task<IReadOnlyList<CatalogChangeRow>> HistoryAsync(string model, long? before, int take, CancellationToken ct) =>
        database.ReadAsync(DbPurpose.Admin, session => CatalogChangeStore.HistoryAsync(session, CatalogChangeStore.Model, model, before, take, ct), ct);

    /// <summary>Reads the decisions if there are new ones.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await _loading.WaitAsync(ct);
        try
        {
            // The revision first: what is written in between is then read once more, not missed.
            var revision = await database.ReadAsync(DbPurpose.Jobs, session => CatalogChangeStore.RevisionAsync(session, ct), ct);
            if (revision == _revision)
            {
                return;
            }

            var rows = await database.ReadAsync(DbPurpose.Jobs, session => CatalogChangeStore.InForceAsync(session, ct), ct);
            _current = Of(rows);
            _revision = revision;
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Prices as they were kept.</summary>
    public static IReadOnlyList<UnitPrice>? PricesOf(CatalogChangeRow row) => row.Prices?.Deserialize<IReadOnlyList<UnitPrice>>(CatalogReader.Options);

    private static CatalogOverrides Of(IReadOnlyList<CatalogChangeRow> rows) => new(
        rows.Where(row => row.Subject == CatalogChangeStore.Model).ToFrozenDictionary(row => row.Name, row => new ModelOverride(row.Disabled, PricesOf(row)), StringComparer.Ordinal),
        rows.Where(row => row is { Subject: CatalogChangeStore.Provider, Disabled: true }).Select(row => row.Name).ToFrozenSet(StringComparer.Ordinal));

    private async Task AddAsync(string subject, string name, bool? disabled, bool reprice, JsonElement? prices, Guid by, CancellationToken ct)
    {
        await database.TransactAsync(
            DbPurpose.Admin,
            async session =>
            {
                await CatalogChangeStore.AddAsync(session, subject, name, disabled, reprice, prices, by, time.GetUtcNow(), ct);
                var action = subject == CatalogChangeStore.Model ? AuditActions.ModelChanged : AuditActions.ProviderChanged;
                await audit.WriteAsync(
                    session, AuditEntry.Of(action, subject, name, ("disabled", disabled?.ToString().ToLowerInvariant()), ("repriced", reprice ? "true" : null)) with { Actor = by }, ct);
            },
            ct);
        CatalogLog.Changed(log, subject, name, disabled, reprice, by);
        await RefreshAsync(ct);
    }
}

/// <summary>Follows what is decided on other nodes.</summary>
internal sealed class CatalogChangesWatch(CatalogChanges changes, TimeProvider time, ILogger<CatalogChangesWatch> log) : BackgroundService
{
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    /// <summary>The first look is over before requests come.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryLookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TryLookAsync(stoppingToken);
        }
    }

    private async Task TryLookAsync(CancellationToken ct)
    {
        try
        {
            await changes.RefreshAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            CatalogLog.ChangesNotRead(log, e);
        }
    }
}
