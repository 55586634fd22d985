using AIMake.Catalog;
using AIMake.Providers;
using AIMake.Speech.Text;

namespace AIMake.Speech.Takes;

/// <summary>Has one segment spoken. Trying again is the provider's business; what it gives up, the generation tries later.</summary>
internal sealed class SegmentSpeaker(SpeechProviders providers)
{
    /// <param name="ownKeyOf">The user whose own key is used; null for ours.</param>
    /// <exception cref="ProviderException">It cannot be spoken, now or at all.</exception>
    public Task<SegmentSound> SpeakAsync(SpeechSegment segment, SpeechOffer offer, double speed, Guid? ownKeyOf, CancellationToken ct)
    {
        var voice = offer.Voice;
        var language = voice.Language == Voice.AnyLanguage ? "" : voice.Language;
        var request = new SpeechSynthesis(segment.Text, offer.Model.Upstream ?? offer.Model.Id, voice.ProviderVoice, language, speed);
        return CollectAsync(providers.Find(voice.Provider, ownKeyOf) ?? throw Gone(voice.Provider), request, ct);
    }

    private static ProviderException Gone(string provider) =>
        new(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Unreachable, Retryable: false, Detail: $"{provider} does not speak here"));

    private static async Task<SegmentSound> CollectAsync(ISpeechProvider provider, SpeechSynthesis request, CancellationToken ct)
    {
        var chunks = new List<ReadOnlyMemory<byte>>();
        var (rate, length, cost) = (0, 0, (long?)null);
        await foreach (var chunk in provider.SynthesizeAsync(request, ct))
        {
            rate = chunk.SampleRate;
            length += chunk.Pcm.Length;
            cost = chunk.Usage?.CostMicroUsd ?? cost;
            if (!chunk.Pcm.IsEmpty)
            {
                chunks.Add(chunk.Pcm);
            }
        }

        return new SegmentSound(Join(chunks, length), rate, Spoken: true, cost);
    }

    private static ReadOnlyMemory<byte> Join(List<ReadOnlyMemory<byte>> chunks, int length)
    {
        if (chunks.Count == 1)
        {
            return chunks[0];
        }

        var joined = new byte[length];
        var at = 0;
        foreach (var chunk in chunks)
        {
            chunk.CopyTo(joined.AsMemory(at));
            at += chunk.Length;
        }

        return joined;
    }
}
