using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace AIMake.Simulator.Sound;

/// <summary>Makes real sound: espeak-ng speaks, ffmpeg brings it to mono in the format and rate asked for, as it comes.</summary>
internal sealed class SoundMaker(SimulatorSettings settings)
{
    public const int SampleRate = 24_000;

    private static readonly bool EngineInstalled = IsInstalled("espeak-ng") && IsInstalled("ffmpeg");

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> MakeAsync(SoundRequest request, int pieceBytes, [EnumeratorCancellation] CancellationToken ct)
    {
        if (request.Format == "wav") yield return WavHeader(request.SampleRate);
        var engine = settings.Sound == SoundSource.Engine || (settings.Sound == SoundSource.Auto && EngineInstalled);
        await using var source = engine ? Engine(request) : Tone(request);
        while (true)
        {
            var piece = new byte[pieceBytes];
            var read = await source.ReadAtLeastAsync(piece, pieceBytes, throwOnEndOfStream: false, ct);
            if (read > 0) yield return piece.AsMemory(0, read);
            if (read < pieceBytes) yield break;
        }
    }

    /// <summary>As the real service streams it: both sizes unknown, written as all ones.</summary>
    private static byte[] WavHeader(int sampleRate)
    {
        var header = new byte[44];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), 0xFFFFFFFF);
        "WAVEfmt "u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), sampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(28), sampleRate * 2);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(34), 16);
        "data"u8.CopyTo(header.AsSpan(36));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), 0xFFFFFFFF);
        return header;
    }

    /// <summary>70 ms per character of a 220 Hz tone, as loud as the character says: texts of one length differ all the same.</summary>
    private static MemoryStream Tone(SoundRequest request)
    {
        if (request.Format is not ("pcm" or "wav")) throw new InvalidOperationException($"{request.Format} needs espeak-ng and ffmpeg.");
        var letters = request.Text.EnumerateRunes().ToArray();
        var each = 0.07 * request.SampleRate / request.Speed;
        var samples = (int)(letters.Length * each);
        var pcm = new byte[samples * 2];
        for (var i = 0; i < samples; i++)
        {
            var loud = 2000 + letters[Math.Min(letters.Length - 1, (int)(i / each))].Value * 31 % 11 * 700;
            BinaryPrimitives.WriteInt16LittleEndian(pcm.AsSpan(i * 2), (short)(loud * Math.Sin(2 * Math.PI * 220 * i / request.SampleRate)));
        }
        return new MemoryStream(pcm);
    }

    private static Stream Engine(SoundRequest request)
    {
        var speaker = Start("espeak-ng", ["-v", EspeakVoice(request), "-s", $"{Math.Clamp((int)(175 * request.Speed), 80, 450)}", "--stdin", "--stdout"]);
        var converter = Start("ffmpeg", ["-v", "error", "-i", "pipe:0", "-ar", $"{request.SampleRate}", "-ac", "1", .. Codec(request.Format), "pipe:1"]);
        _ = FeedAsync(speaker, request.Text);
        _ = PumpAsync(speaker, converter);
        return new ProcessOutput(converter, speaker);
    }

    private static string[] Codec(string format) => format switch
    {
        "mp3" => ["-b:a", "128k", "-f", "mp3"],
        "opus" => ["-c:a", "libopus", "-f", "ogg"],
        "aac" => ["-c:a", "aac", "-f", "adts"],
        "flac" => ["-f", "flac"],
        "ulaw" => ["-f", "mulaw"],
        "alaw" => ["-f", "alaw"],
        _ => ["-f", "s16le"],
    };

    private static string EspeakVoice(SoundRequest request) =>
        request.Text.Any(c => c is >= '\u4E00' and <= '\u9FFF') ? "cmn"
        : request.Voice is "alloy" or "coral" or "nova" or "sage" or "shimmer" or "marin" ? "en-us+f3"
        : "en-us";

    private static async Task FeedAsync(Process speaker, string text)
    {
        try
        {
            await speaker.StandardInput.WriteAsync(text);
            speaker.StandardInput.Close();
        }
        catch (IOException)
        {
            // It was killed because the caller left.
        }
    }

    private static async Task PumpAsync(Process speaker, Process converter)
    {
        try
        {
            await speaker.StandardOutput.BaseStream.CopyToAsync(converter.StandardInput.BaseStream);
            converter.StandardInput.Close();
        }
        catch (IOException)
        {
            // One of them was killed because the caller left.
        }
    }

    private static Process Start(string program, IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
