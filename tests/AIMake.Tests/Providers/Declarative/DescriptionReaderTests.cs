using System.Text;
using System.Text.Json.Nodes;
using AIMake.Providers.Declarative;
using AIMake.Providers.Declarative.Reading;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.Declarative;

public sealed class DescriptionReaderTests
{
    private const string Small = """
        {
          "baseUrl": "https://api.lumen.dev/v1",
          "auth": { "type": "bearer" },
          "key": { "env": "LUMEN_API_KEY" },
          "image": {
            "request": { "path": "/pictures", "body": { "text": "{{prompt}}" } },
            "answer": { "data": "pictures.*.data" }
          },
          "models": [
            {
              "id": "brush", "kind": "image", "name": "Brush", "description": { "en": "x", "zh": "x" },
              "prices": [{ "unit": "image", "per": 1, "credits": 2, "source": "us", "date": "2026-11-21" }]
            }
          ]
        }
        """;

    public static TheoryData<string> Examples => [.. DeclaredFiles.Examples];

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_shipped_examples_are_right(string name)
    {
        var (description, problems) = Read(DeclaredFiles.Example(name), name);

        Assert.Equal([], problems);
        Assert.NotEmpty(description!.Models);
        Assert.All(description.Models, model => Assert.Equal(name, model.Provider));
    }

    [Fact]
    public void Three_examples_ship() => Assert.Equal(["anthropic", "deepgram", "replicate"], DeclaredFiles.Examples);

    [Fact]
    public void The_example_of_the_guide_is_right_but_for_its_invented_host()
    {
        var (_, problems) = Read(DeclaredFiles.Guide(), "lumen");

        Assert.Equal(["line 3, baseUrl: the name api.lumen.example does not resolve: it is reserved for examples. Put the service's own address here"], problems);
    }

    [Theory]
    [InlineData("\"path\": \"/pictures\"", "\"path\": \"pictures\"", "line 6, image.request.path: must begin with one /")]
    [InlineData("\"path\": \"/pictures\"", "\"path\": \"/a/../b\"", "line 6, image.request.path: must begin with one /")]
    [InlineData("\"path\": \"/pictures\"", "\"path\": \"/a?key=1\"", "line 6, image.request.path: must begin with one /")]
    [InlineData("\"path\": \"/pictures\"", "\"path\": \"//elsewhere.dev/\"", "line 6, image.request.path: must begin with one /")]
    [InlineData("\"{{prompt}}\"", "\"{{promt}}\"", "line 6, image.request: {{promt}} stands for nothing here. There is model, prompt")]
    [InlineData("\"{{prompt}}\"", "\"{{key}}\"", "line 6, image.request: {{key}} stands for nothing here")]
    [InlineData("\"{{prompt}}\"", "\"{{prompt}\"", "line 6, image.request.body.text: has a placeholder that is not one")]
    [InlineData("\"data\": \"pictures.*.data\"", "\"data\": \"pictures..data\"", "line 7, image.answer.data: is not a path")]
    [InlineData("\"data\": \"pictures.*.data\"", "\"dat\": \"x\"", "line 7, image.answer.dat: is not known here. image.answer has data, links, revisedPrompt")]
    [InlineData("\"data\": \"pictures.*.data\"", "\"data\": 3", "line 7, image.answer.data: must be a text")]
    [InlineData("\"bearer\"", "\"query\"", "line 3, auth.type: \"query\" is not one of bearer, header")]
    [InlineData("LUMEN_API_KEY", "JWT_SECRET", "line 4, key.env: must be upper-case letters, digits and _, and end in KEY or TOKEN")]
    [InlineData("LUMEN_API_KEY", "OPENAI_API_KEY", "line 4, key.env: is a setting of this server and not given to others")]
    [InlineData("LUMEN_API_KEY", "S3_SECRET_KEY", "line 4, key.env: is a setting of this server and not given to others")]
    [InlineData("\"auth\": { \"type\": \"bearer\" },", "", "line 4, key: is never sent: auth is missing")]
    [InlineData("\"credits\": 2", "\"credits\": 0", "line 12, models[0].prices[0].credits: 0 is not above 0")]
    [InlineData("\"credits\": 2", "\"credits\": \"2\"", "line 12, models[0].prices[0].credits: has a value of the wrong kind")]
    [InlineData("\"per\": 1", "\"par\": 1", "line 12, models[0].prices[0].par: is not known here")]
    [InlineData("\"kind\": \"image\"", "\"kind\": \"video\"", "line 9, models: offers video, and nothing says how that is done: video is missing")]
    [InlineData("\"kind\": \"image\"", "\"kind\": \"image\", \"provider\": \"openai\"", "line 11, models[0].provider: is this file's own name and is left out")]
    [InlineData("\"unit\": \"image\", ", "", "line 12, models[0].prices[0]: unit is missing")]
    [InlineData("\"auth\"", "\"speech\": [], \"auth\"", "line 3, speech: must be an object")]
    public void A_mistake_is_told_with_its_line_and_field(string right, string wrong, string problem)
    {
        var (description, problems) = Read(Small.Replace(right, wrong, StringComparison.Ordinal));

        Assert.Null(description);
        Assert.Contains(problems, found => found.StartsWith(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void All_mistakes_are_told_at_once_and_in_their_order()
    {
        var json = Small.Replace("\"bearer\"", "\"basic\"", StringComparison.Ordinal).Replace("/pictures", "pictures", StringComparison.Ordinal)
            .Replace("\"per\": 1", "\"per\": 0", StringComparison.Ordinal).Replace("\"image\": {", "\"colour\": 1, \"image\": {", StringComparison.Ordinal);

        Assert.Equal(
            ["line 3, auth.type", "line 5, colour", "line 6, image.request.path", "line 12, models[0].prices[0].per"],
            Read(json).Problems.Select(problem => problem[..problem.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData("{\n  \"baseUrl\": \"https://x.dev\",\n  \"auth\" {\n", "line 3: ")]
    [InlineData("", "line 1: ")]
    [InlineData("[]", "line 1: the file must hold an object")]
    [InlineData("{\"baseUrl\":\"https://x.dev\",\"baseUrl\":\"https://y.dev\"}", "line 1: baseUrl stands twice")]
    [InlineData("{\"title\":\"\\ud83d\"}", "the file holds half a character")]
    public void What_is_not_even_a_file_of_this_kind_says_so(string json, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Read(json).Problems), StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_text_are_called_so() =>
        Assert.Equal(["the file is not text in UTF-8"], Read([.. "{\"title\":\""u8, 0xFF, .. "\"}"u8], "lumen").Problems);

    [Fact]
    public void A_placeholder_with_many_names_is_shown_as_such() =>
        Assert.EndsWith("options, options.<name>", Assert.Single(Read(Small
            .Replace("\"image\": {", "\"chat\": {", StringComparison.Ordinal).Replace("\"answer\": { \"data\": \"pictures.*.data\" }", "\"answer\": { \"text\": \"x\" }", StringComparison.Ordinal)
            .Replace("{{prompt}}", "{{promt}}", StringComparison.Ordinal).Replace("\"kind\": \"image\"", "\"kind\": \"chat\"", StringComparison.Ordinal)
            .Replace("[{ \"unit\": \"image\", \"per\": 1, \"credits\": 2, \"source\": \"us\", \"date\": \"2026-11-21\" }]", "[]", StringComparison.Ordinal)).Problems), StringComparison.Ordinal);

    [Fact]
    public void Deep_nesting_is_a_mistake_and_not_a_crash() =>
        Assert.StartsWith("line 1: ", Assert.Single(Read($"{{\"chat\":{string.Concat(Enumerable.Repeat("[", 10_000))}").Problems), StringComparison.Ordinal);

    [Fact]
    public void However_a_file_is_mangled_it_is_read_or_its_mistakes_are_told()
    {
        const int seed = 20261121;
        var random = new Random(seed);
        string[] pieces = ["{", "}", "[", "]", ",", ":", "\"", "null", "-1", "1e309", "\"\"", "\"{{\"", "\"{{x}}\"", "\\ud800", "\"a\":", "true", "[[[", "\0", "é"];
        byte[][] files = [DeclaredFiles.Example("deepgram"), DeclaredFiles.Example("replicate"), DeclaredFiles.Guide(), Encoding.UTF8.GetBytes(Small)];
        for (var i = 0; i < 3000; i++)
        {
            var text = Encoding.UTF8.GetString(files[i % files.Length]);
            for (var cuts = random.Next(1, 4); cuts > 0; cuts--)
            {
                var at = random.Next(text.Length);
                text = string.Concat(text.AsSpan(0, at), random.Next(3) == 0 ? "" : pieces[random.Next(pieces.Length)], text.AsSpan(Math.Min(text.Length, at + random.Next(6))));
            }
            var (description, problems) = Read(Encoding.UTF8.GetBytes(text), "mangled");
            Assert.True(description is null == problems.Count > 0, $"seed {seed}, file {i}");
        }
    }

    [Fact]
    public void Values_of_every_kind_in_every_place_are_read_or_told()
    {
        string[] values = ["null", "true", "1", "\"x\"", "[]", "{}", "[null]", "[1,\"a\"]", "{\"a\":null}"];
        foreach (var member in PlacesIn(JsonNode.Parse(Small)!, []))
        {
            foreach (var value in values)
            {
                var root = JsonNode.Parse(Small)!;
                Put(root, member, JsonNode.Parse(value));
                var (description, problems) = Read(root.ToJsonString());
                Assert.True(description is null == problems.Count > 0, $"{string.Join('.', member)} = {value}");
            }
        }
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("https://localhost/v1")]
    [InlineData("https://10.0.0.8/v1")]
    [InlineData("https://[::1]/v1")]
    [InlineData("http://api.lumen.dev/v1")]
    [InlineData("https://user:pass@api.lumen.dev/v1")]
    [InlineData("https://api.lumen.dev:22/v1")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://api.lumen.dev/v1?key=1")]
    public void A_base_address_this_server_does_not_call_is_refused(string url) =>
        Assert.StartsWith("line 2, baseUrl: ", Assert.Single(Read(Small.Replace("https://api.lumen.dev/v1", url, StringComparison.Ordinal)).Problems), StringComparison.Ordinal);

    [Fact]
    public void A_private_host_the_operator_vouches_for_may_be_named()
    {
        var json = Small.Replace("https://api.lumen.dev/v1", "http://127.0.0.1:8188/v1", StringComparison.Ordinal);

        Assert.Equal([], new DescriptionReader(url => OutboundTestBed.Urls(["127.0.0.1:8188"]).Check(url).Ok).Read("lumen", Encoding.UTF8.GetBytes(json)).Problems);
    }

    private static (ProviderDescription? Description, IReadOnlyList<string> Problems) Read(string json) => Read(Encoding.UTF8.GetBytes(json), "lumen");

    private static (ProviderDescription? Description, IReadOnlyList<string> Problems) Read(byte[] json, string name)
    {
        var (description, problems) = new DescriptionReader(url => OutboundTestBed.Urls().Check(url).Ok).Read(name, json);
        Assert.All(problems, problem => Assert.DoesNotContain("System.", problem.En, StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.DoesNotContain("LineNumber", problem.En, StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.True(IsChinese(problem.Zh) || OfTheCatalog(problem.En), problem.Zh));
        return (description, [.. problems.Select(problem => problem.En)]);
    }

    /// <summary>What is said, not where.</summary>
    private static bool IsChinese(string problem) => problem[(problem.IndexOf('：', StringComparison.Ordinal) + 1)..].Any(c => c is >= '\u4E00' and <= '\u9FFF');

    /// <summary>The rules of the catalog are told in English everywhere.</summary>
    private static bool OfTheCatalog(string problem) => problem.Contains(", models", StringComparison.Ordinal) || problem.Contains(", voices", StringComparison.Ordinal);

    private static IEnumerable<object[]> PlacesIn(JsonNode node, object[] path)
    {
        if (path.Length > 0) yield return path;
        var children = node switch
        {
            JsonObject members => members.Where(member => member.Value is not null).Select(member => ((object)member.Key, member.Value!)),
            JsonArray items => items.Select((item, i) => ((object)i, item!)),
            _ => [],
        };
        foreach (var (step, child) in children)
            foreach (var place in PlacesIn(child, [.. path, step])) yield return place;
    }

    private static void Put(JsonNode root, object[] path, JsonNode? value)
    {
        var parent = path[..^1].Aggregate(root, (node, step) => step is int index ? node[index]! : node[(string)step]!);
        if (path[^1] is int last) parent[last] = value;
        else parent[(string)path[^1]] = value;
    }
}
