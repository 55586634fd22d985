using System.CommandLine;
using System.CommandLine.Help;
using AIMake.Operations;
using AIMake.Speech.Say;

namespace AIMake;

/// <summary>The command line. <c>run</c> is the server; the rest are tools around it.</summary>
internal static class AIMakeCommand
{
    public static Task<int> RunAsync(string[] args) => Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

    /// <summary>Called by the name people type; a <see cref="RootCommand"/> would be called after its file.</summary>
    internal static Command Create() => new("aimake", "AIMake makes speech and other media from text on your own machine, and can say what each piece cost.")
    {
        RunCommand.Create(),
        DoctorCommand.Create(),
        KeysCommand.Create(),
        OpenApiCommand.Create(),
        SayCommand.Create(),
        new HelpOption(),
        new VersionOption(),
    };
}
