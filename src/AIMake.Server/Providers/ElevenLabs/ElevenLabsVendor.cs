using AIMake.Platform.Outbound;

namespace AIMake.Providers.ElevenLabs;

/// <summary>ElevenLabs: speech, and what belongs to it.</summary>
internal sealed class ElevenLabsVendor(OutboundHttp http, TimeProvider time) : IVendor
{
    public string Type => "elevenlabs";

    public ISpeechProvider Speech(ProviderEndpoint endpoint) => new ElevenLabsSpeechProvider(new ElevenLabsClient(endpoint, http, time));

    /// <summary>Several voices in one call.</summary>
    public ElevenLabsDialogue Dialogue(ProviderEndpoint endpoint) => new(new ElevenLabsClient(endpoint, http, time));

    /// <summary>Sound with the time of each character.</summary>
    public ElevenLabsTimedSpeech TimedSpeech(ProviderEndpoint endpoint) => new(new ElevenLabsClient(endpoint, http, time));

    /// <summary>What the key may use: voices and models.</summary>
    public ElevenLabsOffer Offer(ProviderEndpoint endpoint) => new(new ElevenLabsClient(endpoint, http, time));

    /// <summary>
    /// Reads the subscription. A key that may only speak is refused there for its missing right, and is a good key all the same;
    /// an account behind with its payments is not.
    /// </summary>
    public async Task TestAsync(ProviderEndpoint endpoint, CancellationToken ct)
    {
        try
        {
            var subscription = await Offer(endpoint).SubscriptionAsync(ct);
            if (subscription.Status is "past_due" or "free_disabled")
                throw new ProviderException(new(ProviderStage.FirstByte, ProviderParty.Us, ProviderFaultKind.QuotaExhausted, Retryable: false, Detail: $"subscription {subscription.Status}"));
        }
        catch (ProviderException e) when (ElevenLabsFaults.IsMissingRight(e.Fault))
        {
            // The vendor knows the key.
        }
    }
}
