using System.CommandLine;
using AIMake.Operations;
using AIMake.Speech.Say;

namespace AIMake;

/// <summary>The command line. <c>run</c> is the server; the rest are tools around it.</summary>
internal static class AIMakeCommand
{
    public static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("AIMake makes speech and other media from text on your own machine, and can say what each piece cost.")
        {
            RunCommand.Create(),
            DoctorCommand.Create(),
            KeysCommand.Create(),
            OpenApiCommand.Create(),
            SayCommand.Create(),
        };
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }
}
