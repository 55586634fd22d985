using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Speech;

/// <summary>What tests of speech do again and again: order, download, and ask ffprobe what came.</summary>
internal static class Sounds
{
    public const string Voice = "espeak:en-us";

    /// <summary>A text of so many distinct sentences.</summary>
    public static string Text(int sentences, string about = "apples") =>
        string.Join(' ', Enumerable.Range(1, sentences).Select(i => $"This is sentence number {i} about {about}."));

    public static Task<HttpResponseMessage> PostAsync(this TestUser user, string path, object body, string? key = null, string? prefer = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        if (prefer is not null)
        {
            request.Headers.Add("Prefer", prefer);
        }

        return user.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static async Task<JsonElement> GenerateAsync(this TestUser user, string text, string format = "mp3", double speed = 1) =>
        await (await user.PostAsync("/api/tts/generate", new { text, voiceId = Voice, format, speed })).DataAsync();

    public static async Task<JsonElement> GetAsync(this TestUser user, string path) =>
        await (await user.Http.GetAsync(path, TestContext.Current.CancellationToken)).DataAsync();

    /// <summary>Waits for a generation to end and answers with it.</summary>
    public static async Task<JsonElement> EndAsync(this TestUser user, Guid generationId)
    {
        using var response = await user.Http.GetAsync(
            $"/api/generations/{generationId}/events", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is not null)
        {
            // the stream ends with the generation
        }

        return await user.GetAsync($"/api/generations/{generationId}");
    }

    public static async Task<decimal> BalanceAsync(this TestUser user) =>
        (await user.GetAsync("/api/credits")).GetProperty("remainingCredits").GetDecimal();

    /// <summary>The bytes behind a signed link, fetched by somebody who is not signed in.</summary>
    public static async Task<byte[]> PlayAsync(this TestServer server, JsonElement audio) =>
        await server.Anonymous.GetByteArrayAsync(audio.GetProperty("url").GetString(), TestContext.Current.CancellationToken);

    /// <summary>Codec and length as ffprobe hears them, decoding everything.</summary>
    public static async Task<(string Codec, double Seconds)> ProbeAsync(byte[] bytes)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, bytes);
            var codec = await RunAsync("ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", path);
            var pcm = await RunAsync("ffprobe", "-v", "error", "-f", "lavfi", "-i", $"amovie={path},astats=metadata=1", "-show_entries", "frame=nb_samples", "-of", "csv=p=0");
            var rate = await RunAsync("ffprobe", "-v", "error", "-show_entries", "stream=sample_rate", "-of", "csv=p=0", path);
            var samples = pcm.Split('\n', StringSplitOptions.RemoveEmptyEntries).Sum(l => long.Parse(l.Trim(','), CultureInfo.InvariantCulture));
            return (codec.Trim(), (double)samples / int.Parse(rate.Trim(), CultureInfo.InvariantCulture));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        return output;
    }
}
