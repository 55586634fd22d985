using System.Text.Json;
using AIMake.Simulator;

var settings = SimulatorSettings.From(args);
var app = await SimulatorApp.StartAsync(settings);
var address = app.Urls.First();
if (settings.SettingsFile is { } file) await SimulatedSettings.WriteAsync(file, address, app.Services.GetRequiredService<AIMake.Simulator.Smtp.SmtpReceiver>().Port);

// One line for whoever started us and needs to know the port; everything else goes to standard error.
Console.WriteLine(JsonSerializer.Serialize(new { address, pid = Environment.ProcessId }));
if (settings.While is { } pid) _ = StopWithAsync(pid);
await app.WaitForShutdownAsync();

async Task StopWithAsync(int companion)
{
    try
    {
        using var process = System.Diagnostics.Process.GetProcessById(companion);
        await process.WaitForExitAsync();
    }
    catch (ArgumentException)
    {
        // It has already ended.
    }
    await app.StopAsync();
}
