using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace AIMake.Tests.Gateway;

/// <summary>What is set aside for a call: never less than it may cost, and no more than what was asked for can cost.</summary>
public sealed class CeilingTests(GatewayBed bed) : IClassFixture<GatewayBed>
{
    private const string Chat = "/v1/chat/completions";

    [Theory]
    [InlineData(""","quality":"low" """, 20)]
    [InlineData(""","quality":"low","size":"1024x1024" """, 20)]
    [InlineData(""","quality":"high" """, 50)]
    [InlineData(""","quality":"auto" """, 50)]
    [InlineData("", 50)]
    public async Task Pictures_are_held_at_the_price_of_what_was_asked_for(string members, decimal held) =>
        Assert.Equal(held, await HeldAsync(user => user.Http.PostAsync(
            "/v1/images/generations", GatewayRequests.Json($$"""{"model":"brush","prompt":"a fox","n":10{{members}}}""")), """{"data":[{"b64_json":"AAAA"}]}"""));

    [Theory]
    [InlineData("low", 20)]
    [InlineData("auto", 50)]
    public async Task So_are_pictures_from_pictures(string quality, decimal held) =>
        Assert.Equal(held, await HeldAsync(
            user => user.Http.PostAsync("/v1/images/edits", new MultipartFormDataContent
            {
                { new StringContent("brush"), "model" }, { new StringContent("a fox"), "prompt" }, { new StringContent("10"), "n" },
                { new StringContent(quality), "quality" }, { new ByteArrayContent([1, 2, 3]), "image", "a.png" },
            }),
            """{"data":[{"b64_json":"AAAA"}]}"""));

    /// <summary>Two pictures of 8,000 tokens, 100 of an answer.</summary>
    [Fact]
    public async Task A_picture_in_a_prompt_is_held_at_the_most_its_model_counts_for_one()
    {
        const string picture = """{"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"high"}}""";
        var held = await HeldAsync(
            user => user.Http.PostAsync(Chat, GatewayRequests.Json($$"""{"model":"finch","messages":[{"role":"user","content":[{{picture}},{{picture}}]}]}""")),
            """{"choices":[],"usage":{"prompt_tokens":16010,"completion_tokens":20}}""", charged: 16.05m);
        Assert.InRange(held, 16.2m, 18.5m);
    }

    [Fact]
    public async Task A_picture_of_a_model_nobody_measured_is_held_at_the_most_that_is_known_of_any() =>
        Assert.InRange(
            await HeldAsync(
                user => user.Http.PostAsync(Chat, GatewayRequests.Json(
                    """{"model":"parrot","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}""")),
                """{"choices":[],"usage":{"prompt_tokens":48200,"completion_tokens":20}}""", charged: 48.24m),
            50.1m, 51m);

    [Theory]
    [InlineData(Chat, "messages", """[{"role":"user","content":"$"}]""")]
    [InlineData("/v1/responses", "input", "\"$\"")]
    public async Task What_no_model_of_that_name_could_read_is_refused_before_anything_is_held(string path, string member, string value)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says("""{"choices":[],"output":[],"usage":{"prompt_tokens":1000,"completion_tokens":2,"input_tokens":1000,"output_tokens":2}}""");
        bed.Upstream.Seen.Clear();
        string Body(int words, string more = "") => $$"""{"model":"finch"{{more}},"{{member}}":{{value.Replace("$", string.Concat(Enumerable.Repeat("word ", words)), StringComparison.Ordinal)}}}""";

        using var refused = await user.Http.PostAsync(path, GatewayRequests.Json(Body(1_200)));
        Assert.Equal((500m, 0m), await bed.CreditsAsync(user));
        Assert.Empty(bed.Upstream.Seen);
        using var narrow = await user.Http.PostAsync(path, GatewayRequests.Json(Body(1_050)));

        var error = await GatewayBed.ErrorAsync(refused, 400, "context_length_exceeded");
        Assert.Equal((member, "invalid_request_error"), (error.GetProperty("param").GetString(), error.GetProperty("type").GetString()));
        Assert.Contains("1000", error.GetProperty("message").GetString()!, StringComparison.Ordinal);
        Assert.True(narrow.IsSuccessStatusCode, await narrow.Content.ReadAsStringAsync());
    }

    /// <summary>The vendor decides by what it counts; where it may count to the dearer side, that is set aside.</summary>
    [Theory]
    [InlineData(300, 300, 20, 0.34, 0.5, 0.7)]
    [InlineData(450, 450, 20, 0.49, 1.3, 1.7)] // with the margin above our count it may be the longer kind
    [InlineData(450, 501, 20, 1.062, 1.3, 1.7)]
    [InlineData(450, 500, 20, 0.54, 1.3, 1.7)]
    [InlineData(900, 900, 100, 2.1, 2.1, 3)]
    public async Task A_longer_prompt_is_held_and_charged_at_the_price_of_longer_prompts(int words, int counted, int written, decimal charged, decimal least, decimal most) =>
        Assert.InRange(
            await HeldAsync(
                user => user.Http.PostAsync(Chat, GatewayRequests.Json(
                    $$"""{"model":"heron","messages":[{"role":"user","content":"{{string.Concat(Enumerable.Repeat("word ", words))}}"}]}""")),
                $$"""{"choices":[],"usage":{"prompt_tokens":{{counted}},"completion_tokens":{{written}} } }""", charged),
            least, most);

    /// <summary>A list of texts may be longer than any of them.</summary>
    [Theory]
    [InlineData(1_200, "\"$\"", false)]
    [InlineData(1_050, "\"$\"", true)]
    [InlineData(700, "[\"$\",\"$\"]", true)]
    [InlineData(1_200, "[\"one\",\"$\"]", false)]
    [InlineData(1_200, "[#]", false)]
    [InlineData(900, "[[#],[#]]", true)]
    [InlineData(1_200, "[[1],[#]]", false)]
    public async Task A_text_longer_than_its_model_reads_is_not_turned_into_a_vector(int length, string input, bool passes)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says("""{"data":[],"usage":{"prompt_tokens":1000,"total_tokens":1000}}""");
        bed.Upstream.Seen.Clear();
        var texts = input.Replace("$", string.Concat(Enumerable.Repeat("word ", length)), StringComparison.Ordinal)
            .Replace("#", string.Join(',', Enumerable.Repeat(7, length)), StringComparison.Ordinal);

        using var answer = await user.Http.PostAsync("/v1/embeddings", GatewayRequests.Json($$"""{"model":"birds/owl","input":{{texts}}}"""));

        if (passes)
        {
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return;
        }

        Assert.Equal("input", (await GatewayBed.ErrorAsync(answer, 400, "context_length_exceeded")).GetProperty("param").GetString());
        Assert.Empty(bed.Upstream.Seen);
    }

    /// <summary>Files and sound are not words: how many tokens they come to, the provider alone knows. And OpenAI shortens when told to.</summary>
    [Theory]
    [InlineData(Chat, """ "messages":[{"role":"user","content":[{"type":"file","file":{"file_data":"data:application/pdf;base64,$"}}]}]""")]
    [InlineData(Chat, """ "messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"$","format":"wav"}}]}]""")]
    [InlineData("/v1/responses", """ "input":"$","truncation":"auto" """)]
    public async Task What_may_fit_after_all_passes(string path, string members)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says("""{"choices":[],"output":[],"usage":{"prompt_tokens":900,"completion_tokens":2,"input_tokens":900,"output_tokens":2}}""");
        using var answer = await user.Http.PostAsync(path, GatewayRequests.Json($$"""{"model":"finch",{{members.Replace("$", new string('A', 40_000), StringComparison.Ordinal)}}}"""));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>What is set aside while the upstream works.</summary>
    private async Task<decimal> HeldAsync(Func<TestUser, Task<HttpResponseMessage>> ask, string says, decimal? charged = null)
    {
        var user = await bed.Server.CreateUserAsync();
        var held = 0m;
        bed.Upstream.Answer = async context =>
        {
            held = (await bed.CreditsAsync(user)).Held;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(says);
        };
        using var answer = await ask(user);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var after = await bed.CreditsAsync(user);
        Assert.Equal(0m, after.Held);
        if (charged is { } price)
        {
            Assert.Equal(500m - price, after.Remaining);
        }

        return held;
    }
}
