using System.Text;
using AIMake.Platform.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace AIMake.Tests.Platform.Processes;

/// <summary>Programs that behave as badly as programs can; after each of them nothing may be left.</summary>
public sealed class ChildProcessTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(400);
    private readonly ChildProcesses _children = new(TimeProvider.System, NullLogger<ChildProcesses>.Instance);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Input_output_and_exit_code_pass_through()
    {
        await using var child = await _children.StartAsync(Shell("cat; echo oops >&2; exit 3"), Ct);
        await child.Input.WriteAsync("héllo 你好"u8.ToArray(), Ct);
        await child.Input.DisposeAsync();

        Assert.Equal("héllo 你好", await ReadAllAsync(child));
        var exit = await child.Exit.WaitAsync(Ct);
        Assert.Equal((ChildEnd.Exited, 3, null, "oops\n"), (exit.End, exit.ExitCode, exit.Signal, exit.ErrorTail));
        Assert.False(exit.Succeeded);
    }

    [Fact]
    public async Task Arguments_reach_the_program_as_they_are()
    {
        string[] hostile = ["$(id)", "`id`", "-i", "/etc/passwd", "a\nb", "* ? ~", "'\"\\", "", "@file", "; rm -rf /", "你好 🎧"];
        var (exit, output) = await _children.RunAsync(new ChildProcessSpec("printf", ["%s\\0", .. hostile]), Ct);

        Assert.True(exit.Succeeded);
        Assert.Equal(hostile, Encoding.UTF8.GetString(output)[..^1].Split('\0'));
    }

    [Fact]
    public async Task The_environment_holds_nothing_of_ours()
    {
        Environment.SetEnvironmentVariable("AIMAKE_TEST_SECRET", "swordfish");
        var (_, output) = await _children.RunAsync(
            new ChildProcessSpec("env") { Environment = new Dictionary<string, string> { ["OWN"] = "yes" } }, Ct);

        var names = Encoding.UTF8.GetString(output).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=')[0]).Order();
        Assert.Equal(["HOME", "LANG", "OWN", "PATH"], names);
    }

    [Fact]
    public async Task A_child_is_its_own_session_without_powers_and_within_its_limits()
    {
        var spec = Shell("cut -d' ' -f1,5,6 /proc/self/stat; grep -E 'NoNewPrivs|CapEff' /proc/self/status; ulimit -t; ulimit -f; ulimit -c; pwd; echo $$") with
        {
            Limits = new ProcessLimits { CpuSeconds = 7, FileSize = 1024 * 512 },
        };
        var (exit, output) = await _children.RunAsync(spec, Ct);

        Assert.True(exit.Succeeded, exit.ErrorTail);
        var lines = Encoding.UTF8.GetString(output).Split('\n');
        var leader = lines[7];
        Assert.Equal([leader, leader], lines[0].Split(' ')[1..]);
        Assert.Equal(["CapEff:\t0000000000000000", "NoNewPrivs:\t1"], lines[1..3]);
        Assert.Equal(["7", "1024", "0", "/"], lines[3..7]);
    }

    [Fact]
    public async Task A_missing_program_is_a_clear_error() =>
        Assert.Contains("no-such-program", (await Assert.ThrowsAsync<ChildProcessException>(
            () => _children.StartAsync(new ChildProcessSpec("no-such-program"), Ct))).Message);

    [Fact]
    public async Task A_hanging_child_that_ignores_sigterm_dies_at_its_deadline()
    {
        await using var child = await _children.StartAsync(
            Shell("trap '' TERM INT HUP; echo $$; while :; do sleep 60; done") with { Deadline = Soon }, Ct);

        var pids = Pids(await ReadAllAsync(child));
        var exit = await child.Exit.WaitAsync(Ct);
        Assert.Equal((ChildEnd.TimedOut, 9), (exit.End, exit.Signal));
        await AssertGoneAsync(pids);
    }

    [Fact]
    public async Task Children_of_a_child_die_with_it_at_the_deadline()
    {
        await using var child = await _children.StartAsync(
            Shell("trap '' TERM; sleep 3600 & echo $!; (trap '' TERM; sleep 3600) & echo $!; echo $$; wait") with { Deadline = Soon }, Ct);

        var pids = Pids(await ReadAllAsync(child));
        Assert.Equal(3, pids.Length);
        Assert.Equal(ChildEnd.TimedOut, (await child.Exit.WaitAsync(Ct)).End);
        await AssertGoneAsync(pids);
    }

    [Fact]
    public async Task What_a_child_leaves_in_the_background_dies_when_it_exits()
    {
        await using var child = await _children.StartAsync(Shell("sleep 3600 & echo $!; exit 0"), Ct);

        var pids = Pids(await ReadAllAsync(child));
        Assert.True((await child.Exit.WaitAsync(Ct)).Succeeded);
        await AssertGoneAsync(pids);
    }

    [Fact]
    public async Task A_stray_daemon_that_keeps_the_pipe_open_does_not_keep_the_reader()
    {
        await using var child = await _children.StartAsync(Shell("setsid sleep 3600 & echo $!; exit 0"), Ct);

        var pid = Pids(await ReadAllAsync(child).WaitAsync(TimeSpan.FromSeconds(20), Ct)).Single();
        Assert.True((await child.Exit.WaitAsync(Ct)).Succeeded);
        // It left the group on purpose, so it is ours to end here.
        using var stray = System.Diagnostics.Process.GetProcessById(pid);
        stray.Kill();
    }

    [Fact]
    public async Task A_crash_is_reported_as_the_signal_it_was()
    {
        var (exit, _) = await _children.RunAsync(Shell("kill -SEGV $$"), Ct);
        Assert.Equal((ChildEnd.Signaled, null, 11), (exit.End, exit.ExitCode, exit.Signal));
    }

    [Fact]
    public async Task A_busy_loop_is_ended_by_the_kernel()
    {
        var (exit, _) = await _children.RunAsync(Shell("while :; do :; done") with { Limits = new ProcessLimits { CpuSeconds = 1 } }, Ct);
        Assert.Equal(ChildEnd.Signaled, exit.End);
    }

    [Fact]
    public async Task A_disk_filler_is_ended_by_the_kernel()
    {
        var folder = Directory.CreateTempSubdirectory("aimake-fill-");
        var spec = new ChildProcessSpec("dd", "if=/dev/zero", $"of={folder.FullName}/big", "bs=1M", "count=50")
        {
            Limits = new ProcessLimits { FileSize = 1 << 20 },
        };
        var (exit, _) = await _children.RunAsync(spec, Ct);

        Assert.False(exit.Succeeded);
        Assert.True(new FileInfo($"{folder.FullName}/big").Length <= 1 << 20);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_hundred_megabytes_of_errors_leave_only_their_tail()
    {
        var (exit, _) = await _children.RunAsync(
            Shell("head -c 100000000 /dev/zero | tr '\\0' x >&2; printf the-end >&2") with { Deadline = TimeSpan.FromMinutes(1) }, Ct);

        Assert.True(exit.Succeeded);
        Assert.Equal(64 * 1024, exit.ErrorTail.Length);
        Assert.EndsWith("xxxthe-end", exit.ErrorTail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endless_output_is_cut_at_the_limit()
    {
        var (exit, output) = await _children.RunAsync(Shell("cat /dev/zero & wait") with { OutputLimit = 1_000_000 }, Ct);

        Assert.Equal((ChildEnd.OutputLimit, 9), (exit.End, exit.Signal));
        Assert.InRange(output.Length, 0, 1_000_000);
    }

    [Fact]
    public async Task Cancelling_kills_the_group()
    {
        using var cancel = new CancellationTokenSource();
        await using var child = await _children.StartAsync(Shell("sleep 3600 & echo $!; echo $$; wait"), cancel.Token);
        var buffer = new byte[100];
        var text = "";
        while (text.Count(c => c == '\n') < 2) text += Encoding.ASCII.GetString(buffer, 0, await child.Output.ReadAsync(buffer, Ct));

        await cancel.CancelAsync();

        Assert.Equal(ChildEnd.Canceled, (await child.Exit.WaitAsync(Ct)).End);
        await AssertGoneAsync(Pids(text));
    }

    [Fact]
    public async Task Disposing_kills_the_group_even_right_after_the_start()
    {
        for (var i = 0; i < 10; i++)
        {
            var child = await _children.StartAsync(Shell("sleep 3600 & wait"), Ct);
            await child.DisposeAsync();
            Assert.True(child.Exit.IsCompleted);
            await AssertGoneAsync([child.Id]);
        }
    }

    [Fact]
    public async Task Waiting_children_hold_no_threads()
    {
        var before = ThreadPool.ThreadCount;
        var children = new List<ChildProcess>();
        var reads = new List<ValueTask<int>>();
        for (var i = 0; i < 30; i++)
        {
            var child = await _children.StartAsync(Shell("read line"), Ct);
            children.Add(child);
            reads.Add(child.Output.ReadAsync(new byte[10], Ct));
        }

        // Blocking reads on 60 pipes would have left no thread of a two-core pool to come back here in time.
        await Task.Run(() => { }, Ct).WaitAsync(TimeSpan.FromSeconds(60), Ct);
        Assert.InRange(ThreadPool.ThreadCount - before, -100, 25);

        foreach (var child in children) child.Kill();
        foreach (var read in reads) Assert.Equal(0, await read);
        foreach (var child in children) await child.DisposeAsync();
    }

    private static ChildProcessSpec Shell(string script) => new("sh", "-c", script) { Deadline = TimeSpan.FromSeconds(30) };

    private static async Task<string> ReadAllAsync(ChildProcess child)
    {
        using var all = new MemoryStream();
        await child.Output.CopyToAsync(all, Ct);
        return Encoding.UTF8.GetString(all.ToArray());
    }

    private static int[] Pids(string lines) =>
        [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    internal static async Task AssertGoneAsync(IEnumerable<int> pids)
    {
        foreach (var pid in pids)
        {
            var patience = TimeProvider.System.GetTimestamp();
            // A killed orphan is reaped by init, which takes a moment; a zombie is as good as gone.
            while (IsAlive(pid))
            {
                Assert.True(TimeProvider.System.GetElapsedTime(patience) < TimeSpan.FromSeconds(10), $"process {pid} is still alive");
                await Task.Yield();
            }
        }
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return false;
        }
    }

    public void Dispose() => _children.Dispose();
}
