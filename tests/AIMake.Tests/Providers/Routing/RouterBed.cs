using System.Collections.Concurrent;
using AIMake.Catalog.Changes;
using AIMake.Providers;
using AIMake.Providers.Routing;
using Microsoft.Extensions.Logging.Abstractions;

namespace AIMake.Tests.Providers.Routing;

/// <summary>A router over providers a test makes up.</summary>
internal sealed class RouterBed : IDisposable, IKeyEventSink, IProviderSource, IKeySource, ICatalogOverrides
{
    private readonly TestMetrics _metrics;

    public RouterBed(TimeProvider time, IReadOnlyList<ProviderSetup> setups, IOwnKeys? ownKeys = null, Func<double>? random = null, bool listens = true)
    {
        _metrics = new TestMetrics(listens);
        Setups = setups;
        Registry = new ProviderRegistry([this], [this], this, time, random ?? (() => 0), this);
        var order = new RouteOrder(time, random);
        Router = new ProviderRouter(
            Registry, order, ownKeys ?? new NoOwnKeys(), new CallBook(_metrics.Metrics, order, NullLoggerFactory.Instance, time), _metrics.Metrics, time, [], random ?? (() => 0.5));
        Speech = new SpeechProviders([], Registry, Router, _metrics.Metrics);
    }

    public ProviderRegistry Registry { get; }

    public ProviderRouter Router { get; }

    public SpeechProviders Speech { get; }

    /// <summary>Replace it to change what is set up.</summary>
    public IReadOnlyList<ProviderSetup> Setups { get; set; }

    /// <summary>Replace it to change the keys that were added.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<KeySetup>> Added { get; set; } = new Dictionary<string, IReadOnlyList<KeySetup>>();

    /// <summary>Replace it to switch providers off.</summary>
    public CatalogOverrides Decided { get; set; } = CatalogOverrides.None;

    public ConcurrentQueue<KeyEvent> Events { get; } = new();

    public IEnumerable<string> Recorded => _metrics.Recorded;

    IReadOnlyList<ProviderSetup> IProviderSource.Current => Setups;

    IReadOnlyDictionary<string, IReadOnlyList<KeySetup>> IKeySource.Current => Added;

    CatalogOverrides ICatalogOverrides.Current => Decided;

    /// <summary>A key whose secret is its name.</summary>
    public static KeySetup Key(string name, int weight = 1) => new(KeyIds.Of("test", "", name), name) { Name = name, Weight = weight };

    public static ProviderSetup Provider(string name, IVendor vendor, params KeySetup[] keys) => new(name, vendor, new Uri("https://vendor.example")) { Keys = keys };

    public void Record(KeyEvent happened) => Events.Enqueue(happened);

    public void Dispose() => _metrics.Dispose();
}

/// <summary>A vendor whose calls are the test's.</summary>
internal sealed class ScriptedVendor(Func<ProviderEndpoint, ISpeechProvider>? speech = null) : IVendor
{
    public string Type => "scripted";

    /// <summary>How a test of a key ends; null for well.</summary>
    public Func<ProviderEndpoint, ProviderFault?> Verdict { get; set; } = _ => null;

    public ISpeechProvider? Speech(ProviderEndpoint endpoint) => speech?.Invoke(endpoint);

    public Task TestAsync(ProviderEndpoint endpoint, CancellationToken ct) =>
        Verdict(endpoint) is { } fault ? throw new ProviderException(fault) : Task.CompletedTask;
}
