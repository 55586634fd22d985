using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace AIMake.Platform.Telemetry;

/// <summary>
/// Keeps the current value of every instrument this process publishes, for Prometheus to fetch. Counting is lock-free on
/// the hot path; a series too many is not kept, so that a caller cannot fill the memory by inventing tags.
/// </summary>
internal sealed class MetricBook : IDisposable
{
    private const int MostSeriesPerInstrument = 1_000;

    private static readonly HashSet<string> Meters = new(StringComparer.Ordinal)
    {
        ProductMeter.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql",
    };

    /// <summary>Upper bounds of histograms, in seconds.</summary>
    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60];

    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, Series>> _instruments = new();
    private readonly MeterListener _listener = new();

    public void Start()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (Meters.Contains(instrument.Meter.Name))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<float>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Everything at this moment, by instrument name.</summary>
    public IReadOnlyList<(Instrument Instrument, IReadOnlyList<Series> Series)> Read()
    {
        _listener.RecordObservableInstruments();
        return [.. _instruments
            .OrderBy(pair => pair.Key.Name, StringComparer.Ordinal)
            .Select(pair => (pair.Key, (IReadOnlyList<Series>)[.. pair.Value.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => s.Value)]))];
    }

    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var all = _instruments.GetOrAdd(instrument, static _ => new(StringComparer.Ordinal));
        var labels = PrometheusText.Labels(tags);
        if (!all.TryGetValue(labels, out var series))
        {
            if (all.Count >= MostSeriesPerInstrument)
            {
                return;
            }

            series = all.GetOrAdd(labels, static (text, kind) => new Series(text, kind), instrument.IsHistogram() ? Bounds : null);
        }

        if (instrument.IsObservable)
        {
            series.Set(value); // an observed value is the total or the level itself
        }
        else
        {
            series.Add(value);
        }
    }

    /// <summary>One combination of tags. Doubles are added by compare-and-swap.</summary>
    /// <param name="labels">As Prometheus writes them, braces included; empty for none.</param>
    internal sealed class Series(string labels, double[]? bounds)
    {
        private readonly long[]? _buckets = bounds is null ? null : new long[bounds.Length + 1];
        private double _value;
        private long _count;

        public string Labels => labels;

        public double[]? UpperBounds => bounds;

        public double Value => Volatile.Read(ref _value);

        public long Count => Volatile.Read(ref _count);

        public long InBucket(int index) => Volatile.Read(ref _buckets![index]);

        public void Set(double value) => Volatile.Write(ref _value, value);

        public void Add(double value)
        {
            double seen, sum;
            do
            {
                seen = Volatile.Read(ref _value);
                sum = seen + value;
            }
            while (Interlocked.CompareExchange(ref _value, sum, seen) != seen);

            if (_buckets is not null)
            {
                Interlocked.Increment(ref _count);
                var index = Array.BinarySearch(bounds!, value);
                Interlocked.Increment(ref _buckets[index < 0 ? ~index : index]);
            }
        }
    }
}

/// <summary>The meter of our own instruments.</summary>
internal static class ProductMeter
{
    public const string Name = "AIMake";

    public static readonly Meter Instance = new(Name);

    public static bool IsHistogram(this Instrument instrument) =>
        instrument is Histogram<double> or Histogram<long> or Histogram<int> or Histogram<float>;
}
