using System.CommandLine;
using AIMake.Platform.Database;
using AIMake.Platform.Http;
using AIMake.Platform.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

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
            app.Services.GetRequiredService<DatabaseServer>().Begin(app.Lifetime.ApplicationStopping);
            await app.StartAsync();
            Announce(app);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception e) when (e is SettingsException or InvalidOperationException or IOException)
        {
            await Console.Error.WriteLineAsync($"AIMake cannot start. {e.Message}");
            return 1;
        }
    }

    private static void Announce(WebApplication app)
    {
        var address = PublicAddress.Of(app.Services);
        var data = app.Services.GetRequiredService<DataFolder>().Path;
        Console.Out.WriteLine($"\n  AIMake is ready:  {address}\n  Data folder:      {data}\n");
        Console.Out.Flush();
    }
}

/// <summary>The address people open: the configured public one, else localhost and the port taken.</summary>
internal static class PublicAddress
{
    public static string Of(IServiceProvider services)
    {
        var http = services.GetRequiredService<HttpOptions>();
        if (http.PublicUrl is { Length: > 0 } url)
        {
            return url.TrimEnd('/');
        }

        var bound = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        var port = bound is null ? http.Port : new Uri(bound.Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
        return $"http://{(http.Host is "*" or "0.0.0.0" or "::" ? "localhost" : http.Host)}:{port}";
    }
}
