using System.Runtime.CompilerServices;

namespace AIMake.Providers.ElevenLabs;

/// <summary>
/// Speaks through <c>POST /v1/text-to-speech/{voice}/stream</c> and hands the samples on as they arrive. The vendor's speeds go
/// from 0.7 to 1.2; what is slower or quicker than that is spoken at the nearest of them.
/// </summary>
internal sealed class ElevenLabsSpeechProvider(ElevenLabsClient client) : ISpeechProvider
{
    public string Name => client.Endpoint.Provider;

    public int MaximumCharacters => ElevenLabsModels.ShortestLimit;

    public async IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, [EnumeratorCancellation] CancellationToken ct)
    {
        var characters = request.Text.EnumerateRunes().Count();
        var path = $"/v1/text-to-speech/{ElevenLabsClient.Id(request.Voice)}/stream{ElevenLabsSound.Query}";
        using var response = await client.PostAsync(path, json => ElevenLabsSpeechBody.Write(json, request), ElevenLabsSound.Limits(characters), ct);
        await foreach (var chunk in ElevenLabsSound.ReadAsync(response, characters, ct)) yield return chunk;
    }
}
