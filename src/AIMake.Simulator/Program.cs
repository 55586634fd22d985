using System.Text.Json;
using AIMake.Simulator;

var app = SimulatorApp.Build(SimulatorSettings.From(args));
await app.StartAsync();

// One line for whoever started us and needs to know the port; everything else goes to standard error.
Console.WriteLine(JsonSerializer.Serialize(new { address = app.Urls.First(), pid = Environment.ProcessId }));
await app.WaitForShutdownAsync();
