using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;

namespace AIMake.Bench;

/// <summary>
/// Text to audio through the whole server: HTTP, money, queue, voice, encoder, store. The peer is the same work as a shell
/// pipe, <c>espeak-ng | ffmpeg</c>, in turn with ours.
/// </summary>
internal static class SpeechBench
{
    private const int Characters = 51_150;
    private const string Pipe = "espeak-ng -f \"$1\" --stdout | ffmpeg -nostdin -v error -y -i - -b:a 64k \"$2\"";

    /// <summary>A book's chapter: 51,150 characters to MP3 at 64 kbit/s.</summary>
    public static async Task LongAsync(BenchRun bench)
    {
        await using var server = await ServerUnderTest.StartAsync();
        using var http = await server.UserAsync();
        await GenerateAsync(http, "Warm up.");
        var ratios = new List<double>();
        for (var round = 0; round < 3; round++)
        {
            var text = Prose(round);
            var pipe = await PipeAsync(text);
            var began = Stopwatch.GetTimestamp();
            await GenerateAsync(http, text);
            var ours = Stopwatch.GetElapsedTime(began);
            ratios.Add(ours / pipe);
            Console.WriteLine($"round {round + 1}: server {ours.TotalSeconds:0.00} s, pipe {pipe.TotalSeconds:0.00} s, ratio {ratios[^1]:0.00}");
        }

        bench.Verdict("wall of the server ÷ wall of the pipe, median", ratios.Order().ElementAt(1), 0.55, atLeast: false);
    }

    /// <summary>The same chapter as a stream: until the first byte of audio.</summary>
    public static async Task StreamAsync(BenchRun bench)
    {
        await using var server = await ServerUnderTest.StartAsync();
        using var http = await server.UserAsync();
        await GenerateAsync(http, "Warm up.");
        var times = new List<double>();
        for (var round = 0; round < 7; round++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/tts/stream") { Content = JsonContent.Create(Body(Prose(100 + round))) };
            using var leave = new CancellationTokenSource();
            var began = Stopwatch.GetTimestamp();
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            response.EnsureSuccessStatusCode();
            await using var audio = await response.Content.ReadAsStreamAsync();
            await audio.ReadExactlyAsync(new byte[1]);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        Console.WriteLine($"first byte, ms: {string.Join(' ', times.Select(t => $"{t:0}"))}");
        bench.Verdict("first audio byte of 51,150 characters, median ms", times.Order().ElementAt(times.Count / 2), 300, atLeast: false);
    }

    /// <summary>"Hello world", whole request, one after the other.</summary>
    public static async Task HelloAsync(BenchRun bench)
    {
        await using var server = await ServerUnderTest.StartAsync();
        using var http = await server.UserAsync();
        for (var i = 0; i < 20; i++)
        {
            await GenerateAsync(http, $"Warm up {i}.");
        }

        var (ours, pipes) = (new List<double>(), new List<double>());
        for (var i = 0; i < 40; i++)
        {
            pipes.Add((await PipeAsync($"Hello world {i}")).TotalMilliseconds);
            var began = Stopwatch.GetTimestamp();
            await GenerateAsync(http, $"Hello world {i}");
            ours.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        var (p50, pipe) = (ours.Order().ElementAt(20), pipes.Order().ElementAt(20));
        Console.WriteLine($"p50: server {p50:0} ms, espeak-ng + ffmpeg {pipe:0} ms, ratio {p50 / pipe:0.00}; server p95 {ours.Order().ElementAt(38):0} ms");
        bench.Verdict("hello world, p50 ms", p50, 110, atLeast: false);
    }

    private static async Task GenerateAsync(HttpClient http, string text)
    {
        var started = await ServerUnderTest.DataAsync(await http.PostAsJsonAsync("/api/tts/generate", Body(text)));
        if (started.TryGetProperty("url", out _))
        {
            return;
        }

        // The event stream ends with the generation: no polling interval in the figure.
        using var events = await http.GetAsync($"/api/generations/{started.GetProperty("generationId").GetString()}/events");
        var told = await events.Content.ReadAsStringAsync();
        if (!told.Contains("\"succeeded\"", StringComparison.Ordinal))
        {
            throw new InvalidOperationException("The generation did not succeed.");
        }
    }

    private static object Body(string text) => new { text, voiceId = "espeak:en-us", format = "mp3" };

    private static async Task<TimeSpan> PipeAsync(string text)
    {
        var (input, output) = (Path.GetTempFileName(), Path.ChangeExtension(Path.GetTempFileName(), ".mp3"));
        await File.WriteAllTextAsync(input, text);
        var began = Stopwatch.GetTimestamp();
        await BenchRun.OutputOfAsync("/bin/sh", "-c", Pipe, "sh", input, output);
        var took = Stopwatch.GetElapsedTime(began);
        File.Delete(input);
        File.Delete(output);
        return took;
    }

    /// <summary>Sentences of 40 to 140 characters in paragraphs, different for every seed, so that nothing is kept from before.</summary>
    private static string Prose(int seed)
    {
        string[] words =
        [
            "harbour", "morning", "window", "letter", "quietly", "turned", "the", "a", "over", "river", "carried", "old", "names", "of", "people", "who",
            "had", "never", "seen", "mountain", "light", "and", "still", "they", "spoke", "about", "weather", "bread", "without", "hurry", "under", "roof",
        ];
        var random = new Random(seed);
        var text = new StringBuilder();
        while (text.Length < Characters)
        {
            for (var n = random.Next(3, 8); n > 0; n--)
            {
                var sentence = string.Join(' ', Enumerable.Range(0, random.Next(8, 25)).Select(_ => words[random.Next(words.Length)]));
                text.Append(char.ToUpperInvariant(sentence[0])).Append(sentence.AsSpan(1)).Append(". ");
            }

            text.Append("\n\n");
        }

        return text.ToString(0, Characters);
    }
}
