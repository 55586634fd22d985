using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using AIMake.Providers;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Providers;

/// <summary>Provider metrics of one test, and what was recorded in them.</summary>
internal sealed class TestMetrics : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();

    /// <param name="listens">False to measure without anybody looking.</param>
    public TestMetrics(bool listens = true)
    {
        var factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        if (listens) _listener.Start();
        Metrics = new ProvidersMetrics(factory);
    }

    public ProvidersMetrics Metrics { get; }

    /// <summary>Lines such as <c>aimake.provider.calls{provider=x,outcome=ok} 1</c>.</summary>
    public ConcurrentQueue<string> Recorded { get; } = new();

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void Add<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new List<string>();
        foreach (var (name, label) in tags) labels.Add($"{name}={label}");
        Recorded.Enqueue(FormattableString.Invariant($"{instrument.Name}{{{string.Join(',', labels)}}} {value}"));
    }
}
