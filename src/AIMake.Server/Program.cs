using AIMake;

return await AIMakeCommand.RunAsync(args);
