using System.CommandLine;
using AIMake.Platform.Settings;

namespace AIMake.Operations;

/// <summary>Checks the machine, the settings, the database and the books, and says what to do about each fault.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var ledger = new Option<bool>("--ledger") { Description = "Only prove the books: every balance is the sum of its entries" };
        var command = ServerCommand.Create("doctor", "Check tools, settings, database and books.");
        command.Options.Add(ledger);
        command.SetServerAction((settings, result) => RunAsync(settings, result.GetValue(ledger), Console.Out, CancellationToken.None));
        return command;
    }

    /// <returns>0 when all is well, 1 when anything needs attention.</returns>
    internal static async Task<int> RunAsync(string[] settings, bool ledgerOnly, TextWriter output, CancellationToken ct)
    {
        var doctor = new Doctor(output);
        try
        {
            await using var app = AIMakeServer.Build([.. settings, "--Logging:LogLevel:Default", "Critical"]);
            if (!ledgerOnly)
            {
                doctor.Say("settings", null);
                doctor.LookAtTools();
                doctor.LookAtScheduler();
            }

            await doctor.LookAtDatabaseAsync(app.Services, mustExist: ledgerOnly, ct);
        }
        catch (SettingsException e)
        {
            doctor.Say("settings", e.Message);
        }

        return doctor.Faults == 0 ? 0 : 1;
    }
}
