using AIMake.Catalog;
using AIMake.Platform.Faults;

namespace AIMake.Tests.Catalog;

public sealed class CatalogSnapshotTests
{
    private static readonly DateOnly Today = new(2026, 11, 20);

    [Fact]
    public void A_voice_is_offered_once_for_each_of_its_models()
    {
        var offer = Shipped("openai").Speech("tts-1-hd:alloy", Today).Value;

        Assert.Equal(("alloy", "tts-1-hd", "openai"), (offer.Voice.ProviderVoice, offer.Model.Id, offer.Voice.Provider));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nobody")]
    [InlineData("TTS-1:alloy")]
    [InlineData("tts-1:alloy\0")]
    public void An_unknown_voice_is_refused(string id) =>
        Assert.Equal(FaultCodes.VoiceUnknown, Shipped("openai").Speech(id, Today).Fault!.Code);

    [Fact]
    public void A_voice_whose_provider_is_not_set_up_is_not_on_offer()
    {
        var snapshot = Shipped("espeak");

        Assert.Equal(FaultCodes.VoiceUnknown, snapshot.Speech("tts-1:alloy", Today).Fault!.Code);
        Assert.DoesNotContain(snapshot.Voices, v => v.Provider == "openai");
    }

    [Fact]
    public void A_model_without_a_price_is_refused_never_free()
    {
        var file = CatalogReader.ReadShipped();
        var unpriced = file with { Models = [.. file.Models.Select(m => m with { Prices = null })] };

        var fault = new CatalogSnapshot(unpriced, [], Providers("openai")).Speech("tts-1:alloy", Today).Fault!;

        Assert.Equal((FaultCodes.ModelUnpriced, "voiceId"), (fault.Code, fault.Field));
        Assert.Empty(new CatalogSnapshot(unpriced, [], Providers("openai")).SpeechOffers(Today));
    }

    [Fact]
    public void A_model_is_offered_until_the_day_it_retires()
    {
        var snapshot = Shipped("openai");

        Assert.True(snapshot.Speech("tts-1:alloy", new DateOnly(2027, 1, 5)).Ok);
        Assert.Equal(FaultCodes.ModelUnknown, snapshot.Speech("tts-1:alloy", new DateOnly(2027, 1, 6)).Fault!.Code);
    }

    [Fact]
    public void A_provider_that_lists_its_own_voices_needs_none_in_the_file()
    {
        var voice = new Voice("en-us", new Localized("Anna", "安娜"), "espeak", "espeak-ng", "en-us", "en-US", "female", new Localized("x", "x"), Featured: true);

        var snapshot = new CatalogSnapshot(CatalogReader.ReadShipped(), [voice], Providers("espeak", "openai"));

        Assert.Equal("en-us", snapshot.Voices[0].Id);
        Assert.True(snapshot.Speech("en-us", Today).Ok);
    }

    private static CatalogSnapshot Shipped(params string[] providers) =>
        new(CatalogReader.ReadShipped(), [], Providers(providers));

    private static HashSet<string> Providers(params string[] names) => [.. names];
}
