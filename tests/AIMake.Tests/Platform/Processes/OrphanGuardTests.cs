using System.Diagnostics;
using System.Text;
using AIMake.Platform.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace AIMake.Tests.Platform.Processes;

public sealed class OrphanGuardTests
{
    private const string PidFile = "AIMAKE_TEST_PID_FILE";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_survives_a_parent_that_is_killed_outright()
    {
        var file = Path.GetTempFileName();
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            ["--explicit", "only", "--filter-method", $"{typeof(OrphanGuardTests).FullName}.{nameof(Parent_to_be_killed)}"])
        {
            Environment = { [PidFile] = file },
            RedirectStandardOutput = true,
        };
        using var parent = Process.Start(start)!;

        int[] pids = [];
        while (pids.Length < 5)
        {
            Assert.False(parent.HasExited, "the parent ended before it was killed");
            pids = [.. (await File.ReadAllLinesAsync(file, Ct)).Where(line => line.EndsWith(';')).Select(line => int.Parse(line[..^1]))];
        }
        parent.Kill();
        await parent.WaitForExitAsync(Ct);

        await ChildProcessTests.AssertGoneAsync(pids);
        File.Delete(file);
    }

    /// <summary>Not a test: the process the test above starts and kills. Two children, one of which has three of its own.</summary>
    [Fact(Explicit = true)]
    public async Task Parent_to_be_killed()
    {
        var file = Environment.GetEnvironmentVariable(PidFile) ?? throw new InvalidOperationException($"{PidFile} is not set");
        using var children = new ChildProcesses(TimeProvider.System, NullLogger<ChildProcesses>.Instance);
        await using var plain = await children.StartAsync(new ChildProcessSpec("sleep", "3600"), Ct);
        await using var family = await children.StartAsync(
            new ChildProcessSpec("sh", "-c", "trap '' TERM; for i in 1 2 3; do sleep 3600 & echo \"$!;\"; done; wait"), Ct);
        var buffer = new byte[200];
        var text = $"{plain.Id};\n{family.Id};\n";
        while (text.Count(c => c == '\n') < 5) text += Encoding.ASCII.GetString(buffer, 0, await family.Output.ReadAsync(buffer, Ct));
        await File.WriteAllTextAsync(file, text, Ct);
        await plain.Exit.WaitAsync(TimeSpan.FromMinutes(1), Ct);
    }
}
