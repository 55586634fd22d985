using AIMake;
using AIMake.Providers.Espeak;

// A worker process is this executable too; it must be small and quick, so nothing of the server is built for it.
if (args is [EspeakWorkerProcess.Argument]) return EspeakWorkerProcess.Run();

return await AIMakeCommand.RunAsync(args);
