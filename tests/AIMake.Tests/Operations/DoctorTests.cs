using AIMake.Operations;
using AIMake.Tests.Credits;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Operations;

public sealed class DoctorTests
{
    [Fact]
    public async Task A_clean_ledger_is_said_to_be_clean_with_its_size()
    {
        await using var bench = await LedgerBench.StartAsync();
        var user = await bench.OpenAsync(5);
        await bench.HoldAsync(user, 2, out var operation);
        await bench.SettleAsync(operation, 1);

        var (code, said) = await ExamineAsync(bench.Database.ConnectionString);

        Assert.Equal(0, code);
        Assert.Contains("invariants hold over 1 accounts, 1 grants, 1 holds, 2 entries", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_ledger_names_the_invariant_and_the_account()
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        var bench = LedgerBench.On(database);
        var user = await bench.OpenAsync(5);
        await bench.SqlAsync($"UPDATE credits.accounts SET available = available + 1 WHERE user_id = '{user}'");

        var (code, said) = await ExamineAsync(database);
        await bench.Database.DisposeAsync();

        Assert.Equal(1, code);
        Assert.Contains("FAULT  ledger: account: A balance differs", said, StringComparison.Ordinal);
        Assert.Contains(user.ToString(), said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_was_never_set_up_is_said_so()
    {
        var (code, said) = await ExamineAsync(await TestPostgres.CreateEmptyDatabaseAsync());

        Assert.Equal(1, code);
        Assert.Contains("Start the server once", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_database_the_machine_may_be_well_but_the_books_are_not_proved_and_none_is_made()
    {
        var data = Directory.CreateTempSubdirectory("aimake-doctor-").FullName;
        var output = new StringWriter();

        Assert.Equal(0, await DoctorCommand.RunAsync(["--data", data], ledgerOnly: false, output, TestContext.Current.CancellationToken));
        Assert.Contains("none yet", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await DoctorCommand.RunAsync(["--data", data], ledgerOnly: true, output, TestContext.Current.CancellationToken));
        Assert.Contains($"there is none under {data}", output.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(data, "postgres")));
        Directory.Delete(data, recursive: true);
    }

    [Theory]
    [InlineData("1\n", true)]
    [InlineData("0\n", false)]
    [InlineData(null, false)]
    public void A_scheduler_that_shares_by_session_is_noted_and_is_no_fault(string? setting, bool noted)
    {
        var folder = Directory.CreateTempSubdirectory("aimake-doctor-");
        var file = Path.Combine(folder.FullName, "autogroup");
        if (setting is not null)
        {
            File.WriteAllText(file, setting);
        }

        var output = new StringWriter();
        var doctor = new Doctor(output);
        doctor.LookAtScheduler(file);
        folder.Delete(recursive: true);

        Assert.Equal(noted, output.ToString().Contains("sysctl -w kernel.sched_autogroup_enabled=0", StringComparison.Ordinal));
        Assert.Equal(0, doctor.Faults);
    }

    private static async Task<(int Code, string Said)> ExamineAsync(string database)
    {
        var data = Directory.CreateTempSubdirectory("aimake-doctor-").FullName;
        var output = new StringWriter();
        var code = await DoctorCommand.RunAsync(["--data", data, "--Database:Url", database], ledgerOnly: true, output, TestContext.Current.CancellationToken);
        Directory.Delete(data, recursive: true);
        return (code, output.ToString());
    }
}
