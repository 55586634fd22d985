using AIMake.Providers.Espeak;

namespace AIMake.Tests.Providers.Espeak;

public sealed class EspeakVoicesTests(EspeakFixture espeak) : IClassFixture<EspeakFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_voice_we_offer_exists_in_the_engine_and_speaks()
    {
        // Some languages of the engine lack numbers, all have some of these letters.
        foreach (var voice in EspeakVoices.All)
            Assert.True((await espeak.SpeakAsync("12 Салам ᎣᏏᏲ a", voice.EngineVoice, ct: Ct)).Seconds > 0.1, voice.Id);
    }

    [Fact]
    public async Task Every_language_of_the_engine_is_offered()
    {
        var worker = await espeak.Pool.RentAsync(Ct);
        var engine = await worker.ListVoicesAsync(Ct);
        await espeak.Pool.ReturnAsync(worker);

        var offered = EspeakVoices.All.Select(v => v.EngineVoice.Split('+')[0]).ToHashSet();
        var missing = engine.Select(v => Path.GetFileName(v.Identifier).ToLowerInvariant()).Except(offered).Except(EspeakVoices.LeftOut);
        Assert.Empty(missing);
    }

    [Fact]
    public void Ids_are_unique_and_every_field_is_filled()
    {
        Assert.Equal(EspeakVoices.All.Count, EspeakVoices.All.DistinctBy(v => v.Id).Count());
        Assert.All(EspeakVoices.All, v =>
        {
            Assert.Matches("^espeak:[a-z0-9-]+$", v.Id);
            Assert.Matches("^[a-z]{2,3}(-[A-Za-z0-9]+)*$", v.Language);
            Assert.True(v.Gender is "male" or "female");
            Assert.True(EspeakText.IsVoiceName(v.EngineVoice));
            foreach (var text in (string[])[v.Name, v.NameZh, v.Description, v.DescriptionZh, v.LanguageName, v.LanguageNameZh])
                Assert.False(string.IsNullOrWhiteSpace(text), v.Id);
        });
    }

    [Theory]
    [InlineData("en-US")]
    [InlineData("en-GB")]
    [InlineData("zh-CN")]
    [InlineData("yue-HK")]
    [InlineData("ja-JP")]
    [InlineData("de-DE")]
    [InlineData("fr-FR")]
    [InlineData("es-ES")]
    public void The_featured_languages_have_a_man_and_a_woman(string language) =>
        Assert.Equal(
            ["female", "male"],
            EspeakVoices.All.Where(v => v.Featured && v.Language == language).Select(v => v.Gender).Order());
}
