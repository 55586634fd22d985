using System.Diagnostics;
using System.Threading.Channels;
using AIMake.Platform.Media;
using AIMake.Platform.Processes;
using AIMake.Providers;
using AIMake.Providers.Espeak;
using AIMake.Speech.Audio;
using AIMake.Speech.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AIMake.Bench;

/// <summary>
/// The sound part of the product alone, without server or database: 51,150 characters of English to MP3 against
/// <c>espeak-ng | ffmpeg</c>, and the first bytes of it; then one short sentence many times. In turn, best of the rounds.
/// </summary>
internal static class SoundBench
{
    private const int Characters = 51_150;
    private const int Rounds = 3;

    public static async Task RunAsync(BenchRun bench)
    {
        var folder = Directory.CreateTempSubdirectory("aimake-bench-");
        using var children = new ChildProcesses(TimeProvider.System, NullLogger<ChildProcesses>.Instance);
        await using var pool = new EspeakPool(children, Options.Create(new EspeakOptions()), NullLogger<EspeakPool>.Instance);
        await using var ffmpegs = new FfmpegProcesses(children, Options.Create(new MediaOptions()), NullLogger<FfmpegProcesses>.Instance);
        var speaker = new Speaker(new EspeakProvider(pool, NullLogger<EspeakProvider>.Instance), new AudioEncoders(ffmpegs), pool.Size);
        try
        {
            await pool.WarmUpAsync(CancellationToken.None);
            await LongTextAsync(bench, speaker, folder.FullName);
            await ShortTextAsync(bench, speaker, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task LongTextAsync(BenchRun bench, Speaker speaker, string folder)
    {
        var (text, path) = (EnglishText(Characters), Path.Combine(folder, "text"));
        await File.WriteAllTextAsync(path, text);
        var (ours, peers, firsts) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            peers.Add(await PipelineAsync(path, Path.Combine(folder, "peer.mp3")));
            var (seconds, first, audio) = await speaker.SpeakAsync(text, Path.Combine(folder, "ours.mp3"));
            ours.Add(seconds);
            firsts.Add(first);
            Console.WriteLine($"round {round + 1}: {audio.Duration.TotalMinutes:0.0} minutes of audio, ours {seconds:0.00} s (first byte {first * 1000:0} ms), pipeline {peers[^1]:0.00} s");
        }
        bench.Verdict("wall time ÷ espeak-ng | ffmpeg", ours.Min() / peers.Min(), 0.55, atLeast: false);
        bench.Verdict("first byte in milliseconds", firsts.Min() * 1000, 300, atLeast: false);
    }

    private static async Task ShortTextAsync(BenchRun bench, Speaker speaker, string folder)
    {
        const int times = 40;
        var (ours, peers) = (new List<double>(), new List<double>());
        var path = Path.Combine(folder, "hello");
        await File.WriteAllTextAsync(path, "Hello world");
        for (var i = 0; i < times; i++)
        {
            peers.Add(await PipelineAsync(path, Path.Combine(folder, "peer.mp3")));
            ours.Add((await speaker.SpeakAsync("Hello world", Path.Combine(folder, "ours.mp3"))).Seconds);
        }
        ours.Sort();
        peers.Sort();
        Console.WriteLine($"'Hello world' p50: ours {ours[times / 2] * 1000:0.0} ms, pipeline {peers[times / 2] * 1000:0.0} ms");
        bench.Verdict("'Hello world' p50 in milliseconds", ours[times / 2] * 1000, 70, atLeast: false);
    }

    private static async Task<double> PipelineAsync(string text, string output)
    {
        var begun = Stopwatch.GetTimestamp();
        await BenchRun.OutputOfAsync("sh", "-c", "espeak-ng -f \"$0\" --stdout | ffmpeg -nostdin -loglevel error -y -i - -b:a 64k \"$1\"", text, output);
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    /// <summary>Sentences and paragraphs of ordinary length, the same on every run.</summary>
    internal static string EnglishText(int characters)
    {
        string[] words =
        [
            "the", "quick", "brown", "fox", "jumps", "over", "lazy", "dog", "while", "morning", "light", "falls", "softly", "across", "a", "quiet",
            "valley", "and", "people", "walk", "home", "with", "bread", "under", "their", "arms", "talking", "about", "weather", "trains", "music",
        ];
        var random = new Random(1);
        var text = new System.Text.StringBuilder();
        while (text.Length < characters)
        {
            var sentence = string.Join(' ', Enumerable.Range(0, random.Next(6, 18)).Select(_ => words[random.Next(words.Length)]));
            text.Append(char.ToUpperInvariant(sentence[0])).Append(sentence.AsSpan(1)).Append(random.Next(7) == 0 ? ".\n\n" : ". ");
        }
        return text.ToString(0, characters);
    }

    /// <summary>What the speech product does with a text, without its books.</summary>
    private sealed class Speaker(EspeakProvider provider, AudioEncoders encoders, int concurrency)
    {
        public async Task<(double Seconds, double FirstByte, EncodedAudio Audio)> SpeakAsync(string text, string path)
        {
            var begun = Stopwatch.GetTimestamp();
            await using var file = new FirstByteFile(path);
            await using var encoder = await encoders.OpenAsync(AudioFormat.Mp3, 22050, file, CancellationToken.None);
            var joiner = new SpeechJoiner(encoder, 22050, new JoinSettings());
            var script = SpeechSegmenter.Split(text, SpeechSegmenter.DefaultMaximumLength, out _);
            var spoken = Channel.CreateBounded<(SpeechSegment, Task<byte[]>)>(concurrency * 4);
            using var free = new SemaphoreSlim(concurrency);
            var producing = Task.Run(async () =>
            {
                foreach (var segment in script.Segments)
                {
                    await free.WaitAsync();
                    await spoken.Writer.WriteAsync((segment, SpeakAsync(segment, free)));
                }
                spoken.Writer.Complete();
            });
            await foreach (var (segment, sound) in spoken.Reader.ReadAllAsync())
                await joiner.AddAsync(await sound, segment.ParagraphEnd, segment.PauseAfter, CancellationToken.None);
            await producing;
            var audio = await joiner.CompleteAsync(CancellationToken.None);
            return (Stopwatch.GetElapsedTime(begun).TotalSeconds, Stopwatch.GetElapsedTime(begun, file.First).TotalSeconds, audio);
        }

        private async Task<byte[]> SpeakAsync(SpeechSegment segment, SemaphoreSlim free)
        {
            using var pcm = new MemoryStream();
            await foreach (var chunk in provider.SynthesizeAsync(new SpeechSynthesis(segment.Text, "", "en-us", "en-US", 1), CancellationToken.None))
                pcm.Write(chunk.Pcm.Span);
            free.Release();
            return pcm.ToArray();
        }
    }

    private sealed class FirstByteFile(string path) : FileStream(path, FileMode.Create, FileAccess.ReadWrite)
    {
        public long First { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (First == 0 && !buffer.IsEmpty) First = Stopwatch.GetTimestamp();
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
