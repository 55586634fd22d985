using System.Diagnostics.Metrics;

namespace AIMake.Providers;

/// <summary>What is measured about calls to providers. Labels are names from configuration and closed sets, never ids or content.</summary>
internal sealed class ProvidersMetrics
{
    public const string MeterName = "AIMake.Providers";

    private readonly Meter _meter;
    private readonly Counter<long> _calls;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _characters;
    private readonly Counter<double> _audio;
    private readonly Histogram<double> _firstByte;
    private readonly Histogram<double> _duration;

    public ProvidersMetrics(IMeterFactory meters)
    {
        var meter = _meter = meters.Create(MeterName);
        _calls = meter.CreateCounter<long>("aimake.provider.calls", "{call}", "Calls by outcome, each try counted");
        _retries = meter.CreateCounter<long>("aimake.provider.retries", "{retry}", "Further tries within a call, by what failed before");
        _characters = meter.CreateCounter<long>("aimake.provider.characters", "{character}", "Characters spoken");
        _audio = meter.CreateCounter<double>("aimake.provider.audio", "s", "Sound received");
        _firstByte = meter.CreateHistogram<double>("aimake.provider.first_byte", "s", "From asking to the beginning of the answer");
        _duration = meter.CreateHistogram<double>("aimake.provider.duration", "s", "From asking to the end");
    }

    /// <summary>Watches how many keys are in which state.</summary>
    /// <param name="count">Counts by provider and state.</param>
    public void WatchKeys(Func<IEnumerable<(string Provider, string State, int Keys)>> count) => _meter.CreateObservableGauge(
        "aimake.provider.keys",
        () => count().Select(of => new Measurement<int>(of.Keys, new("provider", of.Provider), new KeyValuePair<string, object?>("state", of.State))),
        "{key}", "Keys in use, by state, as this process knows them");

    public void Retried(string provider, ProviderFaultKind kind) => _retries.Add(1, new("provider", provider), new("fault", kind.ToString()));

    public void FirstByte(string provider, TimeSpan after) => _firstByte.Record(after.TotalSeconds, new KeyValuePair<string, object?>("provider", provider));

    /// <param name="outcome"><c>ok</c>, <c>canceled</c>, or the kind of fault.</param>
    public void Ended(string provider, string outcome, TimeSpan after)
    {
        var (of, with) = (new KeyValuePair<string, object?>("provider", provider), new KeyValuePair<string, object?>("outcome", outcome));
        _calls.Add(1, of, with);
        _duration.Record(after.TotalSeconds, of, with);
    }

    public void Spoke(string provider, int characters, double audioSeconds)
    {
        var of = new KeyValuePair<string, object?>("provider", provider);
        _characters.Add(characters, of);
        _audio.Add(audioSeconds, of);
    }
}
