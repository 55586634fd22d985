extern alias simulator;

using AIMake.Providers;
using AIMake.Tests.Hosting;
using AIMake.Tests.Platform.Outbound;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using simulator::AIMake.Simulator;

namespace AIMake.Tests.Providers.Tencent;

/// <summary>Long texts, with a clock that the adapter and the simulator share and nobody waits for.</summary>
public sealed class TencentTaskTests : IAsyncLifetime
{
    private readonly ManualTime _time = new(jumps: true);
    private readonly WebApplication _simulator;

    public TencentTaskTests() => _simulator = SimulatorApp.Build(new SimulatorSettings(Sound: SoundSource.Tones), _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static SpeechSynthesis Long { get; } = new(string.Concat(Enumerable.Repeat("很久以前，", 200)), "CreateTtsTask", "501001", "zh", 1);

    private string Host => new Uri(_simulator.Urls.First()).Authority;

    private IReadOnlyList<BookedCall> Book => _simulator.Services.GetRequiredService<CallBook>().Calls;

    public async ValueTask InitializeAsync() => await _simulator.StartAsync(Ct);

    public async ValueTask DisposeAsync() => await _simulator.DisposeAsync();

    [Fact]
    public async Task A_long_text_is_handed_over_asked_after_and_fetched()
    {
        using var bed = new TencentTestBed(Host, time: _time);

        var spoken = await bed.SpeakAsync(Long);

        Assert.Equal(16_000, spoken.SampleRate);
        Assert.Equal(1000 * 0.07, spoken.Seconds, 1);
        Assert.Equal(1000, spoken.Chunks[^1].Usage!.Characters);
        Assert.Equal(
            ["CreateTtsTask", "DescribeTtsTaskStatus", "DescribeTtsTaskStatus", "DescribeTtsTaskStatus", null],
            Book.Select(call => call.Model));
        Assert.Equal(
            """{"Text":"TEXT","VoiceType":501001,"ModelType":1,"SampleRate":16000,"Codec":"wav"}""",
            Book[0].Body!.Replace(Long.Text, "TEXT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_asked_after_at_growing_intervals()
    {
        using var bed = new TencentTestBed(Host, time: _time);

        await bed.SpeakAsync(Long);

        Assert.Equal([5, 7.5, 11.25], _time.Waits.Where(wait => wait > TimeSpan.Zero && wait < TimeSpan.FromMinutes(1)).Select(wait => wait.TotalSeconds).Take(3));
    }

    [Fact]
    public async Task A_task_that_fails_is_a_failure_of_the_vendors_and_is_not_ordered_again()
    {
        using var bed = new TencentTestBed(Host, time: _time);

        var fault = await bed.FaultAsync(Long with { Text = "fail: this one" });

        Assert.Equal((ProviderFaultKind.ServerError, ProviderParty.Provider), (fault.Kind, fault.Party));
        Assert.Single(Book, call => call.Model == "CreateTtsTask");
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://bucket.cos.ap-guangzhou.myqcloud.com/x.wav")]
    [InlineData("https://myqcloud.com.evil.example/x.wav")]
    [InlineData("https://evilmyqcloud.com/x.wav")]
    [InlineData("file:///etc/passwd")]
    [InlineData("")]
    public async Task A_link_to_anywhere_but_the_vendors_store_is_not_followed(string link)
    {
        await using var server = Answering($$$"""{"Response":{"Data":{"TaskId":"1","Status":2,"ResultUrl":"{{{link}}}"},"RequestId":"r"}}""");
        using var bed = new TencentTestBed(server.Host, time: _time);

        Assert.Equal(ProviderFaultKind.InvalidResponse, (await bed.FaultAsync(Long)).Kind);
        Assert.Equal(2, server.Connects);
    }

    [Fact]
    public async Task A_task_without_end_is_given_up_after_hours()
    {
        await using var server = Answering("""{"Response":{"Data":{"TaskId":"1","Status":1,"StatusStr":"doing"},"RequestId":"r"}}""");
        using var bed = new TencentTestBed(server.Host, time: _time);

        var fault = await bed.FaultAsync(Long);

        Assert.Equal((ProviderFaultKind.Timeout, ProviderParty.Clock, false), (fault.Kind, fault.Party, fault.Retryable));
        Assert.InRange(server.Connects, 100, 400);
    }

    /// <summary>The task may be made, and is paid for, whatever becomes of a question about it.</summary>
    [Fact]
    public async Task A_question_that_fails_in_passing_is_asked_again_and_no_failure_of_one_says_to_order_anew()
    {
        var asked = 0;
        await using var server = new RawServer(connection => connection.SendAsync(++asked switch
        {
            1 => Wire.Json("""{"Response":{"Data":{"TaskId":"1"},"RequestId":"r"}}"""),
            2 => "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            3 => Wire.Json("""{"Response":{"Data":{"TaskId":"1","Status":1},"RequestId":"r"}}"""),
            _ => "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        }));
        using var bed = new TencentTestBed(server.Host, time: _time);

        var fault = await bed.FaultAsync(Long);

        Assert.False(fault.Retryable);
        Assert.Single(server.Requests, request => request.Contains("CreateTtsTask", StringComparison.Ordinal));
        Assert.Equal(8, server.Connects);
    }

    [Theory]
    [InlineData("""{"Response":{"Data":{"TaskId":"1"}}}""")]
    [InlineData("""{"Response":{"Data":{"TaskId":"1","Status":"2"}}}""")]
    [InlineData("""{"Response":{"Data":{"TaskId":7,"Status":2}}}""")]
    [InlineData("""{"Response":{"Data":[]}}""")]
    public async Task A_task_that_makes_no_sense_is_invalid(string body)
    {
        await using var server = Answering(body);
        using var bed = new TencentTestBed(server.Host, time: _time);

        Assert.Equal(ProviderFaultKind.InvalidResponse, (await bed.FaultAsync(Long)).Kind);
    }

    [Fact]
    public async Task Who_leaves_while_waiting_is_let_go()
    {
        var patient = new ManualTime();
        using var bed = new TencentTestBed(Host, time: patient);
        using var caller = new CancellationTokenSource();

        var call = bed.Provider.SynthesizeAsync(Long, caller.Token).ToListAsync(Ct).AsTask();
        while (patient.Waits.Count == 0) await Task.Yield();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    private static RawServer Answering(string body) => new(Wire.Json(body));
}
