using System.CommandLine;

namespace AIMake.Operations;

/// <summary>Options shared by the commands that read the server's settings.</summary>
internal static class ServerCommand
{
    public static Command Create(string name, string description)
    {
        var command = new Command(name, description)
        {
            new Option<string>("--port") { Description = "Port to listen on (8080; 0 takes a free one)", HelpName = "PORT" },
            new Option<string>("--data") { Description = "Folder of everything kept on this machine (./data)", HelpName = "DIR" },
            new Option<string>("--role") { Description = "all, api or worker (all)", HelpName = "ROLE" },
        };

        command.TreatUnmatchedTokensAsErrors = false; // any setting can be given as --Section:Key VALUE; slips are refused below
        return command;
    }

    /// <summary>Runs the command on its settings, after refusing tokens that are neither an option nor a setting.</summary>
    public static void SetServerAction(this Command command, Func<string[], ParseResult, Task<int>> run) =>
        command.SetAction(async (result, _) =>
        {
            if (Slips(result.UnmatchedTokens).ToArray() is { Length: > 0 } slips)
            {
                await Console.Error.WriteLineAsync(
                    $"There is no option {string.Join(", ", slips)}. Settings are given as --Section:Key VALUE; see {command.Name} --help.");
                return 2;
            }

            return await run(Settings(result), result);
        });

    /// <summary>The command's arguments in the form the configuration reads.</summary>
    private static string[] Settings(ParseResult result)
    {
        var named = new[] { "--port", "--data", "--role" }
            .Select(name => (name, value: result.GetValue<string>(name)))
            .Where(pair => pair.value is not null)
            .SelectMany(pair => new[] { pair.name, pair.value! });
        return [.. named, .. result.UnmatchedTokens];
    }

    private static IEnumerable<string> Slips(IReadOnlyList<string> tokens)
    {
        var valueExpected = false;
        foreach (var token in tokens)
        {
            var isSetting = token.StartsWith("--", StringComparison.Ordinal) && token.Contains(':', StringComparison.Ordinal);
            if (!isSetting && !valueExpected)
            {
                yield return token;
            }

            valueExpected = isSetting && !token.Contains('=', StringComparison.Ordinal);
        }
    }
}
