using System.ComponentModel;
using System.Diagnostics;

namespace AIMake.Platform.Processes;

/// <summary>
/// Starts guarded child processes: own session and group, kernel limits, no inherited environment, no new privileges, and an
/// end at the latest when we end. One instance for the server.
/// </summary>
/// <remarks>
/// The chain <c>setsid setpriv prlimit program</c> costs about 2 ms of exec calls and leaves one process, the program. All three
/// belong to util-linux, which Debian always has.
/// </remarks>
internal sealed class ChildProcesses : IDisposable
{
    private static readonly Lazy<string[]> Guards = new(() =>
        [Executables.Require("setsid"), Executables.Require("setpriv"), Executables.Require("prlimit")]);

    /// <summary>A server that runs as root, as in a plain container, does not pass root's powers on.</summary>
    private static readonly string[] NoCapabilities = ["--bounding-set", "-all", "--inh-caps", "-all"];

    private readonly TimeProvider _time;
    private readonly ProcessSpawner _spawner = new();
    private readonly OrphanGuard _guard;

    public ChildProcesses(TimeProvider time, ILogger<ChildProcesses> log)
    {
        _time = time;
        Log = log;
        _guard = new OrphanGuard(log);
    }

    internal ILogger Log { get; }

    /// <summary>
    /// Starts the program. Cancelling <paramref name="ct"/>, now or later, kills it with its whole group.
    /// </summary>
    /// <exception cref="ChildProcessException">The program or one of its guards is not there.</exception>
    public async Task<ChildProcess> StartAsync(ChildProcessSpec spec, CancellationToken ct = default)
    {
        ct.ThrowIfCancellationRequested();
        var start = Describe(spec);
        var process = await _spawner.RunAsync(() => Spawn(start, spec.File));
        return new ChildProcess(this, process, spec, _time, ct);
    }

    /// <summary>Runs a program that is expected to answer briefly, with nothing on its standard input.</summary>
    public async Task<(ChildExit Exit, byte[] Output)> RunAsync(ChildProcessSpec spec, CancellationToken ct = default)
    {
        await using var child = await StartAsync(spec, ct);
        await child.Input.DisposeAsync();
        using var output = new MemoryStream();
        try
        {
            await child.Output.CopyToAsync(output, ct);
        }
        catch (IOException)
        {
            // Over its limit: the exit says so.
        }
        return (await child.Exit, output.ToArray());
    }

    internal void Forget(int group) => _spawner.Post(() => _guard.Forget(group));

    private static ProcessStartInfo Describe(ChildProcessSpec spec)
    {
        var program = Executables.Require(spec.File);
        string[] arguments =
        [
            Guards.Value[1], "--pdeathsig", "KILL", "--no-new-privs", .. Environment.IsPrivilegedProcess ? NoCapabilities : [], "--",
            Guards.Value[2], .. spec.Limits.ToArguments(), "--",
            program, .. spec.Arguments,
        ];
        var start = ProcessSpawner.Describe(Guards.Value[0], arguments, spec.WorkingDirectory);
        foreach (var (name, value) in spec.Environment) start.Environment[name] = value;
        return start;
    }

    private Process Spawn(ProcessStartInfo start, string program)
    {
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new ChildProcessException($"'{program}' could not be started: {e.Message}", e);
        }
        _guard.Watch(process.Id);
        return process;
    }

    public void Dispose()
    {
        _spawner.Post(_guard.Dispose);
        _spawner.Dispose();
    }
}
