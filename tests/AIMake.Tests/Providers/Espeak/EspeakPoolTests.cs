using System.Diagnostics;
using AIMake.Providers;
using AIMake.Providers.Espeak;

namespace AIMake.Tests.Providers.Espeak;

/// <summary>What happens when workers die, hang, lie or grow old.</summary>
public sealed class EspeakPoolTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_worker_is_replaced_without_the_caller_noticing()
    {
        await using var espeak = new EspeakFixture(new EspeakOptions { Workers = 1 });
        await espeak.SpeakAsync("Hello", ct: Ct);
        var worker = await espeak.Pool.RentAsync(Ct);
        await espeak.Pool.ReturnAsync(worker);
        using (var process = Process.GetProcessById(worker.ProcessId)) process.Kill();

        Assert.InRange((await espeak.SpeakAsync("Hello world", ct: Ct)).Seconds, 0.5, 1.2);
    }

    [Fact]
    public async Task A_worker_that_dies_in_mid_sentence_is_an_interruption()
    {
        await using var espeak = new EspeakFixture(Fake("greet; reply 'P\\004\\000\\000\\000abcd'; kill -SEGV $$"));
        var sound = espeak.Provider.SynthesizeAsync(Request, Ct).GetAsyncEnumerator(Ct);

        Assert.True(await sound.MoveNextAsync());
        var fault = (await Assert.ThrowsAsync<ProviderException>(async () => await sound.MoveNextAsync())).Fault;
        Assert.Equal(
            (ProviderStage.Stream, ProviderParty.Provider, ProviderFaultKind.Interrupted, true),
            (fault.Stage, fault.Party, fault.Kind, fault.Retryable));
        Assert.Contains("signal 11", fault.Detail);
        await sound.DisposeAsync();
    }

    [Fact]
    public async Task A_worker_that_always_crashes_is_tried_twice_and_then_reported()
    {
        var starts = Path.GetTempFileName();
        await using var espeak = new EspeakFixture(Fake($"echo . >> {starts}; greet; kill -SEGV $$"));

        var fault = (await Assert.ThrowsAsync<ProviderException>(() => espeak.SpeakAsync("Hello", ct: Ct))).Fault;
        Assert.Equal((ProviderStage.FirstByte, ProviderFaultKind.ServerError, true), (fault.Stage, fault.Kind, fault.Retryable));
        Assert.Equal(2, (await File.ReadAllLinesAsync(starts, Ct)).Length);
        File.Delete(starts);
    }

    [Fact]
    public async Task A_worker_that_crashes_once_costs_nothing_but_time()
    {
        var first = Path.GetTempFileName();
        await using var espeak = new EspeakFixture(
            Fake($"greet; if [ -e {first} ]; then rm {first}; kill -SEGV $$; fi; reply 'P\\004\\000\\000\\000abcdE\\000\\000\\000\\000'; sleep 60"));

        Assert.Equal("abcd"u8.ToArray(), (await espeak.SpeakAsync("Hello", ct: Ct)).Pcm);
    }

    [Fact]
    public async Task A_silent_worker_is_a_timeout()
    {
        await using var espeak = new EspeakFixture(Fake("greet; sleep 3600", stall: TimeSpan.FromMilliseconds(200)));
        var fault = (await Assert.ThrowsAsync<ProviderException>(() => espeak.SpeakAsync("Hello", ct: Ct))).Fault;
        Assert.Equal((ProviderParty.Clock, ProviderFaultKind.Timeout, true), (fault.Party, fault.Kind, fault.Retryable));
    }

    [Theory]
    [InlineData("reply 'Z\\000\\000\\000\\000'; sleep 60")]
    [InlineData("reply 'P\\377\\377\\377\\177'; sleep 60")]
    public async Task A_worker_that_talks_nonsense_is_not_believed(string script)
    {
        await using var espeak = new EspeakFixture(Fake($"greet; {script}"));
        var fault = (await Assert.ThrowsAsync<ProviderException>(() => espeak.SpeakAsync("Hello", ct: Ct))).Fault;
        Assert.Equal(ProviderFaultKind.InvalidResponse, fault.Kind);
    }

    [Theory]
    [InlineData("/nowhere/at-all")]
    [InlineData("/bin/false")]
    public async Task A_worker_that_does_not_start_says_it_is_our_doing(string program)
    {
        await using var espeak = new EspeakFixture(new EspeakOptions { Workers = 1, WorkerCommand = [program] });
        for (var i = 0; i < 3; i++)
        {
            var fault = (await Assert.ThrowsAsync<ProviderException>(() => espeak.SpeakAsync("Hello", ct: Ct))).Fault;
            Assert.Equal((ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Unreachable), (fault.Stage, fault.Party, fault.Kind));
        }
    }

    [Fact]
    public async Task A_worker_retires_after_its_share_of_requests()
    {
        await using var espeak = new EspeakFixture(new EspeakOptions { Workers = 1, RequestsPerWorker = 2 });
        var processes = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            await espeak.SpeakAsync("Hello", ct: Ct);
            if (i % 2 == 1) continue;
            var worker = await espeak.Pool.RentAsync(Ct);
            processes.Add(worker.ProcessId);
            await espeak.Pool.ReturnAsync(worker);
        }
        Assert.Equal(2, processes.Distinct().Count());
    }

    [Fact]
    public async Task A_listener_who_leaves_in_mid_sentence_costs_no_worker()
    {
        await using var espeak = new EspeakFixture(new EspeakOptions { Workers = 1 });
        var processes = new HashSet<int>();
        for (var i = 0; i < 3; i++)
        {
            using var leave = new CancellationTokenSource();
            var sound = espeak.Provider.SynthesizeAsync(Request with { Text = string.Concat(Enumerable.Repeat("The river is wide. ", 30)) }, leave.Token).GetAsyncEnumerator(leave.Token);
            Assert.True(await sound.MoveNextAsync());
            var next = sound.MoveNextAsync();
            await leave.CancelAsync();
            if (await Record.ExceptionAsync(async () => await next) is { } left) Assert.IsAssignableFrom<OperationCanceledException>(left);
            await sound.DisposeAsync();

            var worker = await espeak.Pool.RentAsync(Ct);
            processes.Add(worker.ProcessId);
            await espeak.Pool.ReturnAsync(worker);
        }

        Assert.Single(processes);
        Assert.InRange((await espeak.SpeakAsync("Hello world", ct: Ct)).Seconds, 0.5, 1.2);
    }

    [Fact]
    public async Task The_engine_really_runs_in_another_process_that_ends_with_the_pool()
    {
        int id;
        await using (var espeak = new EspeakFixture(new EspeakOptions { Workers = 1 }))
        {
            await espeak.Pool.WarmUpAsync(Ct);
            var worker = await espeak.Pool.RentAsync(Ct);
            id = worker.ProcessId;
            Assert.NotEqual(Environment.ProcessId, id);
            Assert.Contains("libespeak-ng", await File.ReadAllTextAsync($"/proc/{id}/maps", Ct));
            Assert.DoesNotContain("libespeak-ng", await File.ReadAllTextAsync("/proc/self/maps", Ct));
            await espeak.Pool.ReturnAsync(worker);
        }
        Assert.False(Directory.Exists($"/proc/{id}"));
    }

    private static SpeechSynthesis Request => new("Hello", "", "en-us", "", 1);

    /// <summary>A worker written in shell: it greets and, after the first request has begun to arrive, does as it is told.</summary>
    private static EspeakOptions Fake(string script, TimeSpan? stall = null) => new()
    {
        Workers = 1,
        StallTimeout = stall ?? TimeSpan.FromSeconds(20),
        WorkerCommand =
        [
            "/bin/sh", "-c",
            """
            reply() { printf "$1"; }
            greet() { reply 'H\005\000\000\000\042\126\000\000x'; head -c 1 > /dev/null; }
            """ + "\n" + script,
        ],
    };
}
