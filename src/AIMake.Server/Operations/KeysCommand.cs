using System.CommandLine;
using AIMake.Platform.Database;
using AIMake.Platform.Secrets;
using AIMake.Platform.Settings;
using Npgsql;

namespace AIMake.Operations;

/// <summary>Looks after the keys that stored secrets are encrypted under.</summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        var rotate = ServerCommand.Create("rotate", "Encrypt every stored provider key under a new key, and prove that each still opens. Safe beside running servers.");
        rotate.SetServerAction((settings, _) => RotateAsync(settings, Console.Out, CancellationToken.None));
        return new Command("keys", "Look after encryption keys.") { rotate };
    }

    /// <returns>0 when every secret opens, 1 when one does not or the work could not be done.</returns>
    internal static async Task<int> RotateAsync(string[] settings, TextWriter output, CancellationToken ct)
    {
        try
        {
            await using var app = AIMakeServer.Build([.. settings, "--Logging:LogLevel:Default", "Critical"]);
            var server = app.Services.GetRequiredService<DatabaseServer>();
            try
            {
                if (!await server.BorrowAsync(ct))
                {
                    await output.WriteLineAsync("  There is no database yet, so there is nothing to encrypt.");
                    return 0;
                }

                return Report(await app.Services.GetRequiredService<SecretRotation>().RunAsync(ct), output);
            }
            finally
            {
                await server.ReturnAsync();
            }
        }
        catch (Exception e) when (e is SettingsException or NpgsqlException or InvalidOperationException or DatabaseFaultException or IOException)
        {
            await output.WriteLineAsync($"  FAULT  {e.Message}\n         Nothing is lost: every secret is under a key that is kept. Run it again.");
            return 1;
        }
    }

    private static int Report(RotationReport report, TextWriter output)
    {
        output.WriteLine($"  key        {report.Key}{(report.Made ? ", made now" : ", in use already")}");
        output.WriteLine($"  renewed    {report.Renewed}");
        output.WriteLine($"  proved     {report.Proved} secrets open");
        output.WriteLine($"  forgotten  {report.Forgotten} keys out of use for more than a day");
        foreach (var broken in report.Broken)
        {
            output.WriteLine($"  FAULT      {broken}");
        }

        return report.Broken.Count == 0 ? 0 : 1;
    }
}
