using System.Diagnostics;
using AIMake.Credits.Checking;
using AIMake.Platform.Database;
using AIMake.Platform.Processes;
using AIMake.Platform.Settings;
using Npgsql;

namespace AIMake.Operations;

/// <summary>One examination. Safe beside a running server: it reads, and leaves a database it had to start stopped again.</summary>
internal sealed class Doctor(TextWriter output)
{
    private static readonly (string Program, string Package)[] Tools = [("ffmpeg", "ffmpeg"), ("ffprobe", "ffmpeg"), ("espeak-ng", "espeak-ng")];

    public int Faults { get; private set; }

    /// <param name="fault">What is wrong and what to do; null when all is well.</param>
    public void Say(string part, string? fault, string well = "ok")
    {
        Faults += fault is null ? 0 : 1;
        output.WriteLine($"  {(fault is null ? "ok   " : "FAULT")}  {part}: {fault ?? well}");
    }

    /// <summary>
    /// Autogroups (sched(7)) share the processor between sessions before niceness is asked. Then the threads that step back to hash passwords step
    /// back for the server alone, and the database waits behind them. Advice: the server works all the same.
    /// </summary>
    /// <param name="setting">The kernel's file; absent where it has no autogroups.</param>
    public void LookAtScheduler(string setting = "/proc/sys/kernel/sched_autogroup_enabled")
    {
        if (File.Exists(setting) && File.ReadAllText(setting).Trim() != "0")
        {
            output.WriteLine("  note   scheduler: the processor is shared by session first, so many sign-ins at once can hold up other calls. On a server, run: sysctl -w kernel.sched_autogroup_enabled=0");
        }
    }

    public void LookAtTools()
    {
        foreach (var (program, package) in Tools)
        {
            var path = Executables.Find(program);
            Say(program, path is null ? $"is not installed. Run: apt-get install {package}" : null, path ?? "");
        }
    }

    /// <param name="mustExist">Whether a folder without a database is a fault: books that are not there prove nothing.</param>
    public async Task LookAtDatabaseAsync(IServiceProvider services, bool mustExist, CancellationToken ct)
    {
        var server = services.GetRequiredService<DatabaseServer>();
        try
        {
            if (!await server.BorrowAsync(ct))
            {
                var folder = services.GetRequiredService<DataFolder>().Path;
                Say("database", mustExist ? $"there is none under {folder}. Name the folder the server runs on: --data DIR" : null, "none yet; the first ./aimake run makes it");
                return;
            }

            Say("database", null);
            await LookAtLedgerAsync(services.GetRequiredService<LedgerChecker>(), ct);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.UndefinedFunction)
        {
            Say("database", "is not set up for this version. Start the server once: ./aimake run");
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or DatabaseFaultException or IOException)
        {
            Say("database", e.Message);
        }
        finally
        {
            await server.ReturnAsync();
        }
    }

    private async Task LookAtLedgerAsync(LedgerChecker checker, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var size = await checker.MeasureAsync(ct);
        var findings = await checker.FindAsync(timely: true, ct);
        foreach (var finding in findings)
        {
            Say("ledger", finding.ToString());
        }

        if (findings.Count == 0)
        {
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Say("ledger", null, FormattableString.Invariant(
                $"{LedgerInvariants.All.Count} invariants hold over {size.Accounts} accounts, {size.Grants} grants, {size.Holds} holds, {size.Entries} entries ({seconds:0.0} s)"));
        }
    }
}
