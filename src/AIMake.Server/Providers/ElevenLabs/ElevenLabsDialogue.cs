using System.Runtime.CompilerServices;
using System.Text.Json;

namespace AIMake.Providers.ElevenLabs;

/// <summary>Several speakers in one take: <c>POST /v1/text-to-dialogue/stream</c>.</summary>
internal sealed class ElevenLabsDialogue(ElevenLabsClient client)
{
    /// <summary>
    /// Characters of all lines together, directions included. Of more the vendor may speak only the beginning, and say nothing
    /// about it.
    /// </summary>
    public const int MaximumCharacters = 2_000;

    /// <summary>Different voices in one take.</summary>
    public const int MaximumVoices = 10;

    /// <param name="model">A model that follows directions, e.g. <c>eleven_v3</c>.</param>
    /// <returns>Sound as it comes; the last chunk carries the usage.</returns>
    /// <exception cref="ProviderException">Every expected failure; too much for one take is refused before it is sent.</exception>
    public async IAsyncEnumerable<SpeechChunk> SpeakAsync(string model, IReadOnlyList<DialogueLine> lines, [EnumeratorCancellation] CancellationToken ct)
    {
        var inputs = lines.Select(line => (Voice: ElevenLabsClient.Id(line.Voice), Text: Text(line, model))).ToList();
        var characters = inputs.Sum(input => input.Text.EnumerateRunes().Count());
        ThrowUnlessOneTake(inputs.Count, characters, inputs.DistinctBy(input => input.Voice).Count());

        using var response = await client.PostAsync($"/v1/text-to-dialogue/stream{ElevenLabsSound.Query}", Write, ElevenLabsSound.Limits(characters), ct);
        await foreach (var chunk in ElevenLabsSound.ReadAsync(response, characters, ct)) yield return chunk;

        void Write(Utf8JsonWriter json)
        {
            json.WriteStartArray("inputs");
            foreach (var (voice, text) in inputs)
            {
                json.WriteStartObject();
                json.WriteString("text", text);
                json.WriteString("voice_id", voice);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteString("model_id", model);
        }
    }

    private static string Text(DialogueLine line, string model)
    {
        var text = ElevenLabsModels.Plain(line.Text, model);
        return string.IsNullOrWhiteSpace(line.Direction) ? text : $"[{PlainText.WithoutDirections(PlainText.WithoutTags(line.Direction)).Trim()}] {text}";
    }

    private static void ThrowUnlessOneTake(int lines, int characters, int voices)
    {
        if (lines > 0 && characters <= MaximumCharacters && voices <= MaximumVoices) return;
        throw new ProviderException(new(
            ProviderStage.Connect, ProviderParty.Caller, ProviderFaultKind.Rejected, Retryable: false, Detail: $"{lines} lines, {characters} characters, {voices} voices in one take"));
    }
}

/// <param name="Text">What is said, as plain text.</param>
/// <param name="Direction">How, in a word or two, such as <c>laughing</c>; it is not read out.</param>
internal sealed record DialogueLine(string Voice, string Text, string? Direction = null);
