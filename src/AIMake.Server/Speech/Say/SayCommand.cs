using System.CommandLine;
using AIMake.Platform.Faults;
using AIMake.Platform.Media;

namespace AIMake.Speech.Say;

/// <summary>
/// Speaks from the shell with a local voice. No account, no database, no credits: whoever may start the server may use its
/// voice. Progress and errors go to standard error, so that <c>-o -</c> can be piped.
/// </summary>
internal static class SayCommand
{
    public static Command Create()
    {
        var text = new Argument<string?>("text") { Description = "What to say; - reads it from standard input", Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string?>("--output", "-o") { Description = "File to write; - writes to standard output", HelpName = "FILE" };
        var voice = new Option<string?>("--voice") { Description = "Local voice (en-us, or cmn for Chinese text); see --list-voices", HelpName = "VOICE" };
        var speed = new Option<double>("--speed") { Description = "0.5 to 2", DefaultValueFactory = _ => 1, HelpName = "SPEED" };
        var format = new Option<string?>("--format") { Description = $"{string.Join(", ", AudioFormats.Names)} (from the file's name, else mp3)", HelpName = "FORMAT" };
        var list = new Option<bool>("--list-voices") { Description = "Print the local voices and stop" };
        var command = new Command("say", "Speak a text into a file.") { text, output, voice, speed, format, list };
        command.SetAction((result, ct) => result.GetValue(list)
            ? ListAsync(Console.Out)
            : RunAsync(
                new SayOrder(result.GetValue(text), result.GetValue(output), result.GetValue(voice), result.GetValue(speed), result.GetValue(format)),
                Console.In, Console.OpenStandardOutput, Console.Error, Language(), ct));
        return command;
    }

    /// <returns>0 when the file is there, 1 when not, 2 when the command makes no sense.</returns>
    internal static async Task<int> RunAsync(SayOrder order, TextReader input, Func<Stream> standardOutput, TextWriter errors, string language, CancellationToken ct)
    {
        if (order.Text is null || order.Output is null)
        {
            await errors.WriteLineAsync("Say what, and into which file: aimake say \"Good morning\" -o hello.mp3");
            return 2;
        }

        var text = order.Text == "-" ? await input.ReadToEndAsync(ct) : order.Text;
        try
        {
            var fault = await LocalSpeech.SpeakAsync(order with { Text = text }, standardOutput, errors, ct);
            if (fault is null)
            {
                return 0;
            }

            await errors.WriteLineAsync(fault.Message(language));
            return 2;
        }
        catch (Exception e) when (e is MediaException or Providers.ProviderException or IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"Nothing was written: {e.Message}");
            await errors.WriteLineAsync("If a program is missing: apt-get install espeak-ng ffmpeg");
            return 1;
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync("Stopped; nothing was written.");
            return 1;
        }
    }

    private static async Task<int> ListAsync(TextWriter output)
    {
        foreach (var voice in Providers.Espeak.EspeakVoices.All)
        {
            await output.WriteLineAsync($"{LocalSpeech.ShortId(voice.Id),-16} {voice.Language,-14} {voice.Gender,-7} {voice.Name} — {voice.LanguageName}");
        }

        return 0;
    }

    private static string Language() => Environment.GetEnvironmentVariable("LC_ALL") ?? Environment.GetEnvironmentVariable("LANG") ?? "en";
}

/// <summary>The command line, read but not yet checked.</summary>
internal sealed record SayOrder(string? Text, string? Output, string? Voice, double Speed, string? Format);
