namespace AIMake.Catalog;

/// <summary>
/// The catalog in force. The file is looked at again at most once a second, when somebody asks: an edit counts from then on,
/// a broken one is logged once and changes nothing. Thread-safe.
/// </summary>
internal sealed class LiveCatalog
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly string? _path;
    private readonly IReadOnlyList<Voice> _own;
    private readonly IReadOnlySet<string> _providers;
    private readonly TimeProvider _time;
    private readonly ILogger<LiveCatalog> _log;
    private readonly Lock _reading = new();
    private volatile CatalogSnapshot _current;
    private (DateTime Changed, long Length) _stamp;
    private long _lookedAt;

    /// <exception cref="CatalogException">At start, a broken file is not survivable: say so instead of selling at yesterday's prices.</exception>
    public LiveCatalog(CatalogOptions options, IEnumerable<IVoiceSource> sources, OfferedProviders providers, TimeProvider time, ILogger<LiveCatalog> log)
    {
        _path = string.IsNullOrWhiteSpace(options.Path) ? null : Path.GetFullPath(options.Path);
        _own = [.. sources.SelectMany(s => s.Voices)];
        _providers = providers.Names;
        _time = time;
        _log = log;
        _lookedAt = time.GetTimestamp();
        _stamp = Stamp();
        _current = Snapshot(_path is null ? CatalogReader.ReadShipped() : CatalogReader.Read(_path));
    }

    public CatalogSnapshot Current
    {
        get
        {
            if (_path is not null && _time.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= LookEvery && _reading.TryEnter())
            {
                try
                {
                    Look();
                }
                finally
                {
                    _reading.Exit();
                }
            }

            return _current;
        }
    }

    /// <summary>The day models retire by.</summary>
    public DateOnly Today => DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);

    private void Look()
    {
        Volatile.Write(ref _lookedAt, _time.GetTimestamp());
        var stamp = Stamp();
        if (stamp == _stamp)
        {
            return;
        }

        _stamp = stamp;
        try
        {
            _current = Snapshot(CatalogReader.Read(_path!));
        }
        catch (CatalogException e)
        {
            CatalogLog.Kept(_log, _path!, string.Join("; ", e.Problems));
        }
    }

    private CatalogSnapshot Snapshot(CatalogFile file)
    {
        var snapshot = new CatalogSnapshot(file, _own, _providers);
        CatalogLog.Read(_log, _path ?? "(shipped)", snapshot.Models.Count, snapshot.Voices.Count);
        return snapshot;
    }

    private (DateTime, long) Stamp()
    {
        var file = _path is null ? null : new FileInfo(_path);
        return file is { Exists: true } ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
