using System.Text.Json;

namespace AIMake.Providers.OpenAi;

/// <summary>
/// Writes down speech. The older model says when each sentence was said; the newer ones give the words alone. Servers that
/// resemble OpenAI may spell a word's member differently, and report no usage: then the length we measured counts.
/// </summary>
internal sealed class OpenAiTranscriptionProvider(OpenAiDoor door) : ITranscriptionProvider
{
    /// <summary>A day of speech, word by word.</summary>
    private const long LargestAnswer = 32L << 20;

    private const decimal LongestSeconds = 24 * 3600;

    public async Task<TranscriptionAnswer> TranscribeAsync(TranscriptionRequest request, CancellationToken ct)
    {
        using var response = await door.SendAsync(HttpMethod.Post, "audio/transcriptions", request.Model, Form(request), door.Patient with { MaxBytes = LargestAnswer }, ct);
        using var answer = await OpenAiAnswer.ReadAsync(response, ct);
        var root = answer.RootElement;
        var text = OpenAiAnswer.Text(root, "text") ?? throw ProviderFaults.Invalid("no text in the answer");
        return new TranscriptionAnswer(text, OpenAiAnswer.Text(root, "language"), Segments(root), Words(root), Usage(root, request));
    }

    private static MultipartContent Form(TranscriptionRequest request)
    {
        var form = new OpenAiForm()
            .Add("file", request.Audio).Add("model", request.Model).Add("language", request.Language).Add("prompt", request.Prompt).Add("temperature", request.Temperature);
        if (!TellsTimes(request.Model)) return form.Add("response_format", "json").Content;
        form.Add("response_format", "verbose_json").Add("timestamp_granularities[]", "segment");
        if (request.Words) form.Add("timestamp_granularities[]", "word");
        return form.Content;
    }

    private static bool TellsTimes(string model) => model.Contains("whisper", StringComparison.OrdinalIgnoreCase);

    private static List<TranscriptSegment> Segments(JsonElement root) =>
        [.. OpenAiAnswer.Items(root, "segments").Select(segment => new TranscriptSegment(Time(segment, "start"), Time(segment, "end"), OpenAiAnswer.Text(segment, "text") ?? ""))
            .Where(segment => segment.End >= segment.Start)];

    private static List<TranscriptWord> Words(JsonElement root) =>
        [.. OpenAiAnswer.Items(root, "words").Select(word => new TranscriptWord(Time(word, "start"), Time(word, "end"), OpenAiAnswer.Text(word, "word") ?? OpenAiAnswer.Text(word, "text") ?? ""))
            .Where(word => word.End >= word.Start)];

    private static double Time(JsonElement json, string name) =>
        OpenAiAnswer.Member(json, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var seconds) && seconds is >= 0 and < (double)LongestSeconds ? seconds : 0;

    private static ProviderUsage Usage(JsonElement root, TranscriptionRequest request)
    {
        var usage = OpenAiAnswer.Member(root, "usage");
        var told = OpenAiAnswer.Member(usage, "seconds") is { ValueKind: JsonValueKind.Number } number && number.TryGetDecimal(out var seconds) && seconds is > 0 and < LongestSeconds ? seconds : (decimal?)null;
        var tokens = OpenAiUsage.Read(usage);
        return (tokens ?? ProviderUsage.None) with
        {
            Seconds = told ?? request.Seconds,
            Source = tokens is null && told is null ? UsageSource.Counted : UsageSource.Provider,
        };
    }
}
