using System.CommandLine;
using AIMake.Accounts.Setup;
using AIMake.Platform.Database;
using AIMake.Platform.Http;
using AIMake.Platform.Settings;
using Microsoft.AspNetCore.Connections;

namespace AIMake.Operations;

/// <summary>Starts the server and stays until it is told to stop.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var command = ServerCommand.Create("run", "Start the server; Ctrl+C or SIGTERM stops it.");
        command.SetServerAction((settings, _) => RunAsync(settings));
        return command;
    }

    private static async Task<int> RunAsync(string[] settings)
    {
        try
        {
            await using var app = AIMakeServer.Build(settings);
            var database = app.Services.GetRequiredService<DatabaseServer>();
            database.Begin(app.Lifetime.ApplicationStopping);
            try
            {
                await app.StartAsync();
            }
            catch
            {
                await database.ReturnAsync(); // what was started for a server that will not be
                throw;
            }

            await AnnounceAsync(app);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"AIMake cannot start. {e.Message.TrimEnd('.')}. Another program listens there; choose another port with --port.");
            return 1;
        }
        catch (Exception e) when (e is SettingsException or InvalidOperationException or IOException)
        {
            await Console.Error.WriteLineAsync($"AIMake cannot start. {e.Message}");
            return 1;
        }
    }

    /// <summary>Says where to go, readably, on standard output; logs go to standard error.</summary>
    private static async Task AnnounceAsync(WebApplication app)
    {
        var services = app.Services;
        var lines = new List<string>();
        if (services.GetRequiredService<ServerOptions>().AnswersRequests)
        {
            var address = PublicAddress.Of(services);
            lines.Add($"AIMake is ready:    {address}");
            if (await PatientlyAsync(services.GetRequiredService<SetupLink>().EnsureAsync, app) is { } setup)
            {
                lines.Add($"Make your account:  {address}{setup}");
                lines.Add("                    (works once; the account it makes runs this installation)");
            }

            if (services.GetRequiredService<SimulationOptions>().DemoKey && await PatientlyAsync(services.GetRequiredService<DemoKey>().MakeAsync, app) is { } key)
            {
                lines.Add($"API key:            {key}");
                lines.Add("                    (with play money, until the next start)");
            }
        }
        else
        {
            lines.Add("AIMake's worker is ready");
        }

        lines.Add($"Data folder:        {services.GetRequiredService<DataFolder>().Path}");
        await Console.Out.WriteLineAsync($"\n  {string.Join("\n  ", lines)}\n");
        await Console.Out.FlushAsync();

        // What starting needed and idling does not goes back to the system, once.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>The server answers already: what is only announced waits for a database that is busy or away, instead of ending it.</summary>
    private static async Task<T> PatientlyAsync<T>(Func<CancellationToken, Task<T>> ask, WebApplication app)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        while (true)
        {
            try
            {
                return await ask(stopping);
            }
            catch (DatabaseFaultException e) when (e.Fault.RetryAfter is { } wait)
            {
                await Task.Delay(wait, stopping);
            }
        }
    }
}
