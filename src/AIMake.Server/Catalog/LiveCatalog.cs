using AIMake.Catalog.Changes;

namespace AIMake.Catalog;

/// <summary>
/// The catalog in force. The file is looked at again at most once a second, when somebody asks: an edit counts from then on,
/// a broken one is logged once and changes nothing. Thread-safe.
/// </summary>
internal sealed class LiveCatalog
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly string? _path;
    private readonly IReadOnlyDictionary<string, string> _creemProducts;
    private readonly IReadOnlyList<Voice> _own;
    private readonly IReadOnlySet<string> _providers;
    private readonly TimeProvider _time;
    private readonly ILogger<LiveCatalog> _log;
    private readonly IReadOnlyList<ICatalogSource> _sources;
    private readonly ICatalogOverrides? _overrides;
    private readonly Lock _reading = new();
    private volatile CatalogSnapshot _current;
    private CatalogFile _file;
    private CatalogAddition[] _added;
    private CatalogOverrides _decided;
    private (DateTime Changed, long Length) _stamp;
    private long _lookedAt;

    /// <exception cref="CatalogException">At start, a broken file is not survivable: say so instead of selling at yesterday's prices.</exception>
    public LiveCatalog(
        CatalogOptions options, IEnumerable<IVoiceSource> sources, OfferedProviders providers, TimeProvider time, ILogger<LiveCatalog> log,
        IEnumerable<ICatalogSource>? additions = null, ICatalogOverrides? overrides = null)
    {
        _path = string.IsNullOrWhiteSpace(options.Path) ? null : Path.GetFullPath(options.Path);
        _creemProducts = options.CreemProducts;
        _own = [.. sources.SelectMany(s => s.Voices)];
        _providers = providers.Names;
        _time = time;
        _log = log;
        _lookedAt = time.GetTimestamp();
        _stamp = Stamp();
        _sources = [.. additions ?? []];
        _file = WithProducts(_path is null ? CatalogReader.ReadShipped() : CatalogReader.Read(_path));
        _added = Added();
        _overrides = overrides;
        _decided = Decided();
        _current = Snapshot();
    }

    public CatalogSnapshot Current
    {
        get
        {
            var due = _path is not null && _time.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= LookEvery;
            if ((due || IsOutdated()) && _reading.TryEnter())
            {
                try
                {
                    if (due)
                    {
                        Look();
                    }

                    if (IsOutdated())
                    {
                        Volatile.Write(ref _added, Added());
                        Volatile.Write(ref _decided, Decided());
                        _current = Snapshot();
                    }
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
            _file = WithProducts(CatalogReader.Read(_path!));
            _current = Snapshot();
        }
        catch (CatalogException e)
        {
            CatalogLog.Kept(_log, _path!, string.Join("; ", e.Problems));
        }
    }

    private CatalogAddition[] Added() => [.. _sources.Select(s => s.Current)];

    private CatalogOverrides Decided() => _overrides?.Current ?? CatalogOverrides.None;

    private bool IsOutdated()
    {
        if (!ReferenceEquals(Volatile.Read(ref _decided), Decided()))
        {
            return true;
        }

        var added = Volatile.Read(ref _added);
        for (var i = 0; i < added.Length; i++)
        {
            if (!ReferenceEquals(added[i], _sources[i].Current))
            {
                return true;
            }
        }

        return false;
    }

    private CatalogSnapshot Snapshot()
    {
        var snapshot = new CatalogSnapshot(Whole(), _own, _providers.Concat(_added.SelectMany(a => a.Providers)).ToHashSet(StringComparer.Ordinal), _decided);
        CatalogLog.Read(_log, _path ?? "(shipped)", snapshot.Models.Count, snapshot.Voices.Count);
        return snapshot;
    }

    /// <summary>The file and what was added to it. Of models with one id the first stays, and with it its voices.</summary>
    private CatalogFile Whole()
    {
        if (_added.Length == 0)
        {
            return _file;
        }

        var (models, voices) = (_file.Models.ToList(), _file.Voices.ToList());
        var ids = models.Select(m => m.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var addition in _added.Select(a => a.File))
        {
            var (taken, hidden) = (addition.Models.Where(m => ids.Add(m.Id)).ToList(), addition.Models.ToHashSet());
            hidden.ExceptWith(taken);
            foreach (var model in hidden)
            {
                CatalogLog.Hidden(_log, model.Id, model.Provider);
            }

            models.AddRange(taken);
            var offered = taken.Select(m => m.Id).ToHashSet(StringComparer.Ordinal);
            voices.AddRange(addition.Voices.Select(v => v with { Models = [.. v.Models.Where(offered.Contains)] }));
        }

        return new CatalogFile(models, voices, _file.Plans, _file.Packages);
    }

    /// <summary>The file's own ids win over those of the settings.</summary>
    private CatalogFile WithProducts(CatalogFile file) => _creemProducts.Count == 0 ? file : file with
    {
        Plans = file.Plans?.Select(p => p with { CreemProduct = p.CreemProduct ?? _creemProducts.GetValueOrDefault(p.Id) }).ToList(),
        Packages = file.Packages?.Select(p => p with { CreemProduct = p.CreemProduct ?? _creemProducts.GetValueOrDefault(p.Id) }).ToList(),
    };

    private (DateTime, long) Stamp()
    {
        var file = _path is null ? null : new FileInfo(_path);
        return file is { Exists: true } ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
