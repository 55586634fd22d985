using System.Diagnostics.Metrics;
using System.Globalization;
using AIMake.Platform.Telemetry;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Platform.Telemetry;

public sealed class MetricsTests
{
    [Fact]
    public void Counters_levels_and_histograms_are_written_as_Prometheus_reads_them()
    {
        using var book = new MetricBook();
        book.Start();
        var id = Guid.NewGuid().ToString("N");
        var counter = ProductMeter.Instance.CreateCounter<long>($"test.{id}.cut", description: "Cuts.");
        var level = ProductMeter.Instance.CreateUpDownCounter<int>($"test.{id}.open");
        var times = ProductMeter.Instance.CreateHistogram<double>($"test.{id}.time", "s");
        counter.Add(2, new("b", "x\"y\\z\n"), new("a", 1));
        counter.Add(3, new("a", 1), new("b", "x\"y\\z\n"));
        level.Add(5);
        level.Add(-2);
        times.Record(0.02);
        times.Record(0.3);
        times.Record(99);

        var text = PrometheusText.Write(book);

        Assert.Contains($"# TYPE test_{id}_cut_total counter\ntest_{id}_cut_total{{a=\"1\",b=\"x\\\"y\\\\z\\n\"}} 5\n", text, StringComparison.Ordinal);
        Assert.Contains($"# TYPE test_{id}_open gauge\ntest_{id}_open 3\n", text, StringComparison.Ordinal);
        Assert.Contains($"test_{id}_time_seconds_bucket{{le=\"0.025\"}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"test_{id}_time_seconds_bucket{{le=\"0.5\"}} 2\n", text, StringComparison.Ordinal);
        Assert.Contains($"test_{id}_time_seconds_bucket{{le=\"+Inf\"}} 3\n", text, StringComparison.Ordinal);
        Assert.Contains($"test_{id}_time_seconds_count 3\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Tags_that_a_caller_could_invent_do_not_fill_the_memory()
    {
        using var book = new MetricBook();
        book.Start();
        var counter = ProductMeter.Instance.CreateCounter<long>($"test.{Guid.NewGuid():N}.invented");
        for (var i = 0; i < 5_000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("tag", i));
        }

        Assert.Equal(1_000, book.Read().Single(i => i.Instrument == counter).Series.Count);
    }

    [Fact]
    public async Task Additions_from_many_threads_are_all_counted()
    {
        using var book = new MetricBook();
        book.Start();
        var counter = ProductMeter.Instance.CreateCounter<double>($"test.{Guid.NewGuid():N}.sum");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(0.5);
            }
        })));

        Assert.Equal(20_000, book.Read().Single(i => i.Instrument == counter).Series.Single().Value);
    }

    [Fact]
    public async Task The_page_has_its_own_port_and_counts_requests_by_route()
    {
        await using var app = await TestApp.StartAsync(settings: ["--Telemetry:MetricsPort=0"]);
        var address = await app.Get<MetricsServer>().Address;
        for (var i = 0; i < 3; i++)
        {
            using var answer = await app.Client.GetAsync("/health/ready");
        }

        var text = await app.Client.GetStringAsync(new Uri(address!, "/metrics"));

        Assert.NotEqual(app.Address.Port, address!.Port);
        Assert.Matches("http_server_request_duration_seconds_count\\{[^}]*http_route=\"/health/ready\"[^}]*\\} [0-9]+", text);
        Assert.Contains("aimake_queue_depth 0", text, StringComparison.Ordinal);
        Assert.Contains("dotnet_gc_collections_total", text, StringComparison.Ordinal);
        using var publicly = await app.Client.GetAsync("/metrics");
        Assert.Equal(404, (int)publicly.StatusCode);
        foreach (var line in text.Split('\n').Where(l => l.Length > 0 && l[0] != '#'))
        {
            Assert.True(double.TryParse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture, out _), line);
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_does_not_stop_the_start()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var port = ((System.Net.IPEndPoint)other.LocalEndpoint).Port;

        await using var app = await TestApp.StartAsync(settings: [$"--Telemetry:MetricsPort={port}"]);

        Assert.Null(await app.Get<MetricsServer>().Address);
        using var answer = await app.Client.GetAsync("/health");
        Assert.True(answer.IsSuccessStatusCode);
    }
}
