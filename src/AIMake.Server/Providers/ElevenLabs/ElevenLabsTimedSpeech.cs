using System.Text.Json;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.ElevenLabs;

/// <summary>Sound and, for each character of the text, when it is heard: <c>POST /v1/text-to-speech/{voice}/with-timestamps</c>.</summary>
internal sealed class ElevenLabsTimedSpeech(ElevenLabsClient client)
{
    /// <exception cref="ProviderException">Every expected failure.</exception>
    public async Task<TimedSpeech> SpeakAsync(SpeechSynthesis request, CancellationToken ct)
    {
        var characters = request.Text.EnumerateRunes().Count();
        var path = $"/v1/text-to-speech/{ElevenLabsClient.Id(request.Voice)}/with-timestamps{ElevenLabsSound.Query}";
        using var response = await client.PostAsync(path, json => ElevenLabsSpeechBody.Write(json, request), Limits(characters), ct);
        using var answer = await JsonAnswer.ReadAsync(response, ct);
        var pcm = Sound(answer.RootElement);
        var times = Times(answer.RootElement.Member("alignment"));
        return new TimedSpeech(pcm, ElevenLabsSound.SampleRate, times, new SpeechUsage(characters, null));
    }

    /// <summary>Base64 takes a third more than its bytes, and every character's times take some too.</summary>
    private static OutboundLimits Limits(int characters) => new() { MaxBytes = ElevenLabsSound.Limits(characters).MaxBytes * 3 / 2 };

    private static byte[] Sound(JsonElement answer)
    {
        var pcm = answer.Base64("audio_base64") ?? throw ProviderFaults.Invalid("no sound in base64");
        return pcm.Length > 0 && pcm.Length % 2 == 0 ? pcm : throw ProviderFaults.Invalid($"{pcm.Length} bytes of samples");
    }

    /// <summary>The vendor may leave the times out; three lists that do not fit together are none.</summary>
    private static IReadOnlyList<TimedCharacter> Times(JsonElement alignment)
    {
        if (alignment.ValueKind != JsonValueKind.Object) return [];
        var characters = List(alignment, "characters", JsonValueKind.String);
        var starts = List(alignment, "character_start_times_seconds", JsonValueKind.Number);
        var ends = List(alignment, "character_end_times_seconds", JsonValueKind.Number);
        if (characters.Count != starts.Count || starts.Count != ends.Count) throw ProviderFaults.Invalid("times that do not fit the characters");
        return [.. characters.Select((character, i) => new TimedCharacter(character.Words() ?? "\uFFFD", starts[i].GetDouble(), ends[i].GetDouble()))];
    }

    private static List<JsonElement> List(JsonElement alignment, string name, JsonValueKind kind)
    {
        var list = alignment.Member(name, JsonValueKind.Array);
        var items = list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().ToList() : [];
        return items.TrueForAll(item => item.ValueKind == kind) ? items : throw ProviderFaults.Invalid("times of the wrong type");
    }
}

/// <param name="Pcm">Signed 16-bit little-endian mono samples.</param>
/// <param name="Characters">In the order of the text as it was sent; empty where the vendor gives no times.</param>
internal sealed record TimedSpeech(ReadOnlyMemory<byte> Pcm, int SampleRate, IReadOnlyList<TimedCharacter> Characters, SpeechUsage Usage);

/// <summary>Times in seconds from the beginning.</summary>
internal readonly record struct TimedCharacter(string Character, double Start, double End);
