using AIMake.Catalog;
using AIMake.Credits;

namespace AIMake.Tests.Catalog;

public sealed class CatalogReaderTests
{
    [Fact]
    public void The_shipped_catalog_prices_local_speech_at_a_fifth_of_a_credit()
    {
        var file = CatalogReader.ReadShipped();

        var local = file.Models.Single(m => m.Provider == "espeak");
        Assert.Equal(("character", 1000, Micro.FromCredits(0.2m)), (local.Price!.Unit, local.Price.Per, local.Price.Credits));
        Assert.All(file.Models, m => Assert.True(m.Prices is { Count: > 0 } prices && prices.All(p => p.Source.Length > 0), m.Id));
        Assert.All(file.Models, m => Assert.True(m.Costs is { Count: > 0 } costs && costs.All(c => c.Source.Length > 0), m.Id));
    }

    /// <summary>A credit is taken for a cent.</summary>
    [Fact]
    public void Nothing_in_the_shipped_catalog_is_sold_below_what_it_costs()
    {
        foreach (var model in CatalogReader.ReadShipped().Models)
            foreach (var cost in model.Costs!)
                foreach (var price in model.Prices!.Where(p => (p.Unit, p.Size, p.Quality, p.Above) == (cost.Unit, cost.Size, cost.Quality, cost.Above)))
                    Assert.True(price.Credits.Credits / price.Per / 100 >= cost.Usd / cost.Per, $"{model.Id} per {price.Unit} {price.Size} {price.Quality} {price.Above}");
    }

    [Fact]
    public void A_long_prompt_of_the_shipped_catalog_is_priced_as_a_whole_and_costs_us_so()
    {
        var model = CatalogReader.ReadShipped().Models.Single(m => m.Id == "gpt-5.4");
        var prices = TokenPrices.Of(model)!;

        Assert.Equal(Micro.FromCredits(102m + 22.5m), prices.For(272_000, 0, 10_000));
        Assert.Equal(Micro.FromCredits(204.00075m + 33.75m), prices.For(272_001, 0, 10_000));
        Assert.Equal(Micro.FromCredits(7.5m + 150m + 22.5m / 2 * 3), prices.For(300_000, 100_000, 10_000));
        Assert.Equal((680_000 + 150_000, 1_360_005 + 225_000), (TokenPrices.Cost(model.Costs, 272_000, 0, 10_000), TokenPrices.Cost(model.Costs, 272_001, 0, 10_000)));
    }

    [Fact]
    public void A_mistake_of_spelling_names_its_line()
    {
        var e = Assert.Throws<CatalogException>(() => CatalogReader.Parse("{\n  \"models\": [\n    { \"id\": \"x\" \"name\"", "x"));

        Assert.StartsWith("line 3, ", Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"per\": 1000", "\"per\": \"1000\"", "$.models[0].prices[0].per")]
    [InlineData("\"voices\":", "\"offers\": [], \"voices\":", "offers")]
    [InlineData("\"credits\": 0.2", "\"credits\": 0.0000001", "$.models[0].prices[0].credits")]
    [InlineData("\"concurrency\": 8", "\"threads\": 2", "threads")]
    [InlineData("\"amount\": 1900", "\"amount\": 19.5", "$.plans[1].price.amount")]
    [InlineData("\"date\": \"2026-11-20\"", "\"date\": \"today\"", "$.models[0].prices[0].date")]
    public void A_wrong_type_or_member_names_its_field(string right, string wrong, string field)
    {
        var e = Assert.Throws<CatalogException>(() => CatalogReader.Parse(Edit(right, wrong), "x"));

        Assert.Contains(field, Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"credits\": 0.2", "\"credits\": 0", "models[0].prices[0].credits: 0 is not above 0; leave the prices out to switch the model off")]
    [InlineData("\"per\": 1000, \"credits\": 0.2", "\"per\": 0, \"credits\": 0.2", "models[0].prices[0].per: 0 is not above 0")]
    [InlineData("\"kind\": \"speech\"", "\"kind\": \"sppech\"", "models[0].kind: \"sppech\" is not one of speech, chat, embedding, transcription, image, video")]
    [InlineData("\"id\": \"tts-1-hd\"", "\"id\": \"tts-1\"", "models: \"tts-1\" appears 2 times")]
    [InlineData("\"id\": \"free\"", "\"id\": \"gratis\"", "plans: there is no \"free\" without a price, on which new accounts start; give it \"monthlyCredits\": 0 to grant nothing")]
    [InlineData("\"monthlyCredits\": 3000", "\"monthlyCredits\": 0", "plans[1].monthlyCredits: a plan with a price grants something")]
    [InlineData("\"amount\": 1900", "\"amount\": 0", "plans[1].price.amount: 0 is not between 1 and 99999999 minor units")]
    [InlineData("\"amount\": 500, \"currency\": \"usd\"", "\"amount\": 500, \"currency\": \"USD\"", "packages[0].price.currency: \"USD\" must be three lower-case letters, e.g. usd")]
    [InlineData("\"id\": \"large\"", "\"id\": \"small\"", "packages: \"small\" appears 2 times")]
    [InlineData("\"credits\": 6000", "\"credits\": -1", "packages[2].credits: -1 is not between 0.000001 and 10000000000")]
    [InlineData("\"id\": \"medium\"", "\"id\": \"Medium\"", "packages[1].id: \"Medium\" must be 1 to 40 of a-z, 0-9, _ and -")]
    [InlineData("\"gender\": \"neutral\"", "\"gender\": \"\"", "voices[0].gender: \"\" is not one of female, male, neutral")]
    [InlineData("\"unit\": \"character\", \"per\": 1000, \"credits\"", "\"unit\": \"character\", \"above\": 5, \"per\": 1000, \"credits\"", "models[0].prices[0].above: is a number of tokens, for prices of input-token, cached-token, output-token")]
    [InlineData("\"above\": 272000, \"per\": 1000000, \"credits\": 3375", "\"above\": 272000, \"per\": 1000000, \"credits\": 2249", "models[17].prices[5].above: \"output-token\" needs a price for shorter prompts too, and none below it")]
    [InlineData("\"above\": 272000, \"per\": 1000000, \"credits\": 750,", "\"per\": 1000000, \"credits\": 750,", "models[17].prices: two are for the same unit, size, quality and length of the prompt")]
    public void A_broken_rule_is_told_with_its_field_and_cure(string right, string wrong, string message)
    {
        var e = Assert.Throws<CatalogException>(() => CatalogReader.Parse(Edit(right, wrong), "x"));

        Assert.Contains(message, e.Problems);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var json = Edit("\"kind\": \"speech\"", "\"kind\": \"smell\"").Replace("\"concurrency\": 8", "\"concurrency\": 0", StringComparison.Ordinal);

        Assert.Equal(2, Assert.Throws<CatalogException>(() => CatalogReader.Parse(json, "x")).Problems.Count);
    }

    internal static string Shipped()
    {
        using var stream = typeof(CatalogReader).Assembly.GetManifestResourceStream("AIMake.Catalog.catalog.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The shipped file with the first occurrence of a piece replaced.</summary>
    private static string Edit(string right, string wrong)
    {
        var json = Shipped();
        var at = json.IndexOf(right, StringComparison.Ordinal);
        Assert.True(at >= 0, right);
        return string.Concat(json.AsSpan(0, at), wrong, json.AsSpan(at + right.Length));
    }
}
