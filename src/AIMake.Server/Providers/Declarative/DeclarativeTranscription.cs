using System.Text.Json;
using AIMake.Providers.Declarative.Calls;

namespace AIMake.Providers.Declarative;

/// <summary>Turns speech into text through a provider described by a file.</summary>
internal sealed class DeclarativeTranscription(TranscriptionSeam seam, Func<TemplateValues> fresh, DeclarativeCaller caller) : ITranscriptionProvider
{
    public async Task<TranscriptionAnswer> TranscribeAsync(TranscriptionRequest request, CancellationToken ct)
    {
        var values = fresh();
        values["model"] = request.Model;
        values["language"] = request.Language;
        values["prompt"] = request.Prompt;
        values["temperature"] = request.Temperature;
        values["words"] = request.Words;
        values["file"] = request.Audio;
        var answer = await caller.RunAsync(seam.Call, values, ct);
        return new TranscriptionAnswer(
            seam.Text.Word(answer) ?? throw ProviderFaults.Invalid("no text in the answer"),
            seam.Language?.Word(answer),
            [.. Pieces(seam.Segments, answer).Select(piece => new TranscriptSegment(piece.Start, piece.End, piece.Text))],
            [.. Pieces(seam.Words, answer).Select(piece => new TranscriptWord(piece.Start, piece.End, piece.Text))],
            seam.Call.Usage.Read(answer, new ProviderUsage { Seconds = request.Seconds }));
    }

    private static IEnumerable<(double Start, double End, string Text)> Pieces(PiecePaths? paths, JsonElement answer) =>
        paths is null
            ? []
            : from piece in paths.List.All(answer)
              let start = paths.Start.Number(piece)
              let end = paths.End.Number(piece)
              let text = paths.Text.Word(piece)
              where start is >= 0 && end >= start && text is not null
              select ((double)start * paths.Scale, (double)end * paths.Scale, text);
}
