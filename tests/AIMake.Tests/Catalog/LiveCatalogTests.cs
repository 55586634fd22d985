using AIMake.Catalog;
using AIMake.Credits;
using Microsoft.Extensions.Logging;

namespace AIMake.Tests.Catalog;

public sealed class LiveCatalogTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"catalog-{Guid.NewGuid():N}.json");
    private readonly SteppedTime _time = new();
    private readonly ListLog _log = new();

    [Fact]
    public void An_edit_counts_from_the_next_look_on()
    {
        var catalog = Start();

        Edit("\"credits\": 0.2", "\"credits\": 0.25");
        _time.Step(TimeSpan.FromSeconds(1));

        Assert.Equal(Micro.FromCredits(0.25m), PriceOf(catalog));
    }

    [Fact]
    public void A_broken_edit_keeps_the_old_prices_and_says_why_once()
    {
        var catalog = Start();

        Edit("\"credits\": 0.2", "\"credits\": 0");
        for (var i = 0; i < 3; i++)
        {
            _time.Step(TimeSpan.FromSeconds(2));
            Assert.Equal(Micro.FromCredits(0.2m), PriceOf(catalog));
        }

        Assert.Contains("models[0].prices[0].credits", Assert.Single(_log.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_deleted_file_keeps_the_old_catalog()
    {
        var catalog = Start();

        File.Delete(_path);
        _time.Step(TimeSpan.FromSeconds(2));

        Assert.Equal(Micro.FromCredits(0.2m), PriceOf(catalog));
        Assert.Single(_log.Errors);
    }

    [Fact]
    public void A_broken_file_at_start_stops_the_start()
    {
        File.WriteAllText(_path, "{");

        Assert.Throws<CatalogException>(Create);
    }

    public void Dispose() => File.Delete(_path);

    private LiveCatalog Start()
    {
        File.WriteAllText(_path, CatalogReaderTests.Shipped());
        return Create();
    }

    private LiveCatalog Create() =>
        new(new CatalogOptions { Path = _path }, [], new OfferedProviders(new HashSet<string> { "espeak" }), _time, _log);

    private void Edit(string right, string wrong) =>
        File.WriteAllText(_path, CatalogReaderTests.Shipped().Replace(right, wrong, StringComparison.Ordinal));

    private static Micro PriceOf(LiveCatalog catalog) => catalog.Current.Models.Single(m => m.Id == "espeak-ng").Price!.Credits;

    private sealed class SteppedTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Step(TimeSpan by) => _ticks += by.Ticks;
    }

    private sealed class ListLog : ILogger<LiveCatalog>
    {
        public List<string> Errors { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
            {
                Errors.Add(formatter(state, exception));
            }
        }
    }
}
