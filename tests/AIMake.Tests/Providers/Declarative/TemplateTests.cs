using System.Text;
using System.Text.Json;
using AIMake.Providers;
using AIMake.Providers.Declarative.Calls;
using FsCheck;
using FsCheck.Fluent;

namespace AIMake.Tests.Providers.Declarative;

public sealed class TemplateTests
{
    [Theory]
    [InlineData("""{"a":"{{text}}"}""", """{"a":"words"}""")]
    [InlineData("""{"a":"say {{text}} at {{number}}"}""", """{"a":"say words at 2.5"}""")]
    [InlineData("""{"a":"{{number}}","b":"{{whole}}","c":"{{truth}}"}""", """{"a":2.5,"b":7,"c":true}""")]
    [InlineData("""{"a":"{{list}}","b":["{{text}}","{{missing}}"]}""", """{"a":["x","y"],"b":["words"]}""")]
    [InlineData("""{"a":"{{missing}}","b":{"c":"{{missing}}"}}""", """{"b":{}}""")]
    [InlineData("""{"a":"{{missing|8}}","b":"{{missing|square}}","c":"{{missing|true}}","d":"{{missing|}}"}""", """{"a":8,"b":"square","c":true,"d":""}""")]
    [InlineData("""{"a":"[{{missing}}]"}""", """{"a":"[]"}""")]
    [InlineData("""{"a":1,"...":"{{json}}"}""", """{"a":1,"b":[2]}""")]
    [InlineData("""{"...":"{{missing}}","a":null}""", """{"a":null}""")]
    [InlineData("""{"a":"{{json}}"}""", """{"a":{"a":"hidden","b":[2]}}""")]
    [InlineData("""{"a":"{{word}}"}""", """{"a":"landscape"}""")]
    public void Placeholders_take_on_the_type_of_their_value(string template, string expected) => Assert.Equal(expected, Fill(template));

    [Fact]
    public void A_file_is_a_data_uri_in_json_and_its_parts_are_at_hand()
    {
        var values = new TemplateValues { ["image"] = new MediaInput("png!"u8.ToArray(), "image/png", "a.png") };

        Assert.Equal("""{"a":"data:image/png;base64,cG5nIQ==","b":"cG5nIQ==","c":"image/png"}""", Fill("""{"a":"{{image}}","b":"{{image.base64}}","c":"{{image.type}}"}""", values));
    }

    [Fact]
    public void No_text_leaves_the_place_it_was_put()
    {
        var inside = JsonElement.Parse("""{"whole":"{{text}}","part":"<<{{text}}>>","after":1}""");
        var property = Prop.ForAll<string?>(text =>
        {
            var written = JsonElement.Parse(Fill(inside, new TemplateValues { ["text"] = text ?? "" }));
            var plain = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? "")); // half a surrogate pair cannot travel
            return written.EnumerateObject().Select(member => member.Name).SequenceEqual(["whole", "part", "after"])
                && written.GetProperty("whole").GetString() == plain && written.GetProperty("part").GetString() == $"<<{plain}>>";
        });

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), property);
    }

    [Theory]
    [InlineData("\",\"admin\":true,\"x\":\"")]
    [InlineData("\\\"}")]
    [InlineData("{{text}}{{model}}")]
    [InlineData("\u2028</script>\0")]
    [InlineData("half \uD83D")]
    public void Hostile_texts_are_just_texts(string text) =>
        Assert.Equal(["a"], JsonElement.Parse(Fill("""{"a":"x {{text}}"}""", new TemplateValues { ["text"] = text })).EnumerateObject().Select(member => member.Name));

    [Theory]
    [InlineData("id-1", "https://x.dev/v1/tasks/id-1/state?n=id-1")]
    [InlineData("a/b?c#d&e", "https://x.dev/v1/tasks/a%2Fb%3Fc%23d%26e/state?n=a%2Fb%3Fc%23d%26e")]
    [InlineData("a\r\nb", "https://x.dev/v1/tasks/a%0D%0Ab/state?n=a%0D%0Ab")]
    [InlineData("中", "https://x.dev/v1/tasks/%E4%B8%AD/state?n=%E4%B8%AD")]
    public void A_value_is_one_segment_of_a_path_and_one_value_of_a_query(string id, string address) =>
        Assert.Equal(address, Request().Build(new Uri("https://x.dev/v1"), new TemplateValues { ["task"] = id }).RequestUri!.AbsoluteUri);

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public void A_value_that_would_lead_up_the_path_is_refused(string id) =>
        Assert.Equal(ProviderFaultKind.Rejected, Assert.Throws<ProviderException>(() => Request().Build(new Uri("https://x.dev/v1"), new TemplateValues { ["task"] = id })).Fault.Kind);

    [Theory]
    [InlineData("data.0.url", "first")]
    [InlineData("data.1.url", "second")]
    [InlineData("data.*.url", "first")]
    [InlineData("data.7.url", null)]
    [InlineData("data.url", null)]
    [InlineData("/data/0/url", "first")]
    [InlineData("/a.b/c~1d", "3")]
    [InlineData("data.0.off", null)]
    public void A_path_leads_to_a_value_or_nowhere(string path, string? expected) =>
        Assert.Equal(expected, ValuePath.Parse(path)!.Word(JsonElement.Parse("""{"data":[{"url":"first","off":null},{"url":"second"}],"a.b":{"c/d":3}}""")));

    [Fact]
    public void A_star_is_every_element() =>
        Assert.Equal(["first", "second"], ValuePath.Parse("data.*.url")!.All(JsonElement.Parse("""{"data":[{"url":"first"},{"url":"second"},{}]}""")).Select(e => e.GetString()));

    private static RequestTemplate Request() =>
        new(HttpMethod.Get, TemplateText.Parse("/tasks/{{task}}/state")!, [("n", TemplateText.Parse("{{task}}")!), ("m", TemplateText.Parse("{{none}}")!)], [], null, null, null);

    private static string Fill(string template, TemplateValues? values = null) => Fill(JsonElement.Parse(template), values ?? Values());

    private static string Fill(JsonElement template, TemplateValues values)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) JsonTemplate.Parse(template, "body", (path, problem, _) => Assert.Fail($"{path}: {problem}")).Write(json, values);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static TemplateValues Values() =>
        new(new Dictionary<string, IReadOnlyDictionary<string, JsonElement>> { ["word"] = new Dictionary<string, JsonElement> { ["16:9"] = JsonElement.Parse("\"landscape\"") } })
        {
            ["text"] = "words", ["number"] = 2.5, ["whole"] = 7, ["truth"] = true, ["list"] = new List<string> { "x", "y" }, ["word"] = "16:9",
            ["json"] = JsonElement.Parse("""{"a":"hidden","b":[2]}"""), ["missing"] = null,
        };
}
