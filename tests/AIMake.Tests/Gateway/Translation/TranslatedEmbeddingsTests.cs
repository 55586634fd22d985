using System.Runtime.InteropServices;
using System.Text.Json;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Gateway.Translation;

/// <summary>Vendors of another shape answer <c>/v1/embeddings</c> in OpenAI's.</summary>
public sealed class TranslatedEmbeddingsTests(ForeignBed bed) : IClassFixture<ForeignBed>
{
    [Fact]
    public async Task Vectors_come_as_numbers_with_the_vendors_usage()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says("""{"v":[[0.5,-0.25],[1,0]],"read":6}""");
        bed.Upstream.Seen.Clear();

        using var answer = await PostAsync(user, """{"model":"compass-1","input":["one","two"],"user":"u"}""");

        Assert.Equal(
            """{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-0.25]},{"object":"embedding","index":1,"embedding":[1,0]}],"model":"compass-1","usage":{"prompt_tokens":6,"total_tokens":6}}""",
            await answer.Content.ReadAsStringAsync());
        Assert.Equal("0.006", Assert.Single(answer.Headers.GetValues("X-AIMake-Credits")));
        Assert.Equal("""{"texts":["one","two"]}""", Assert.Single(bed.Upstream.Seen).Text);
        Assert.Equal(new UsedRow("compass", 6, 0, 0.006m, "provider", false, null), Assert.Single(await bed.UsageAsync(user)));
    }

    [Fact]
    public async Task Openais_own_clients_get_them_as_base64()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says("""{"v":[[0.5,-0.25]]}""");

        using var answer = await PostAsync(user, """{"model":"compass-1","input":"one","encoding_format":"base64"}""");

        var data = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal([0.5f, -0.25f], MemoryMarshal.Cast<byte, float>(data.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64()).ToArray());
        var used = Assert.Single(await bed.UsageAsync(user));
        Assert.Equal(("counted", used.In), (used.Source, data.GetProperty("usage").GetProperty("prompt_tokens").GetInt64()));
    }

    [Theory]
    [InlineData("""{"model":"compass-1","input":"a","dimensions":2}""", "unsupported_parameter", "dimensions")]
    [InlineData("""{"model":"compass-1","input":"a","wish":2}""", "unsupported_parameter", "wish")]
    [InlineData("""{"model":"compass-1","input":[1,2]}""", "field_invalid", "input")]
    [InlineData("""{"model":"compass-1","input":[[1,2]]}""", "field_invalid", "input")]
    [InlineData("""{"model":"compass-1","input":[]}""", "field_invalid", "input")]
    [InlineData("""{"model":"compass-1","input":["a",""]}""", "field_invalid", "input")]
    [InlineData("""{"model":"compass-1","input":"a","encoding_format":"hex"}""", "field_invalid", "encoding_format")]
    [InlineData("""{"model":"compass-1","input":"a","stream":true}""", "field_invalid", "stream")]
    public async Task What_cannot_be_done_is_refused_by_its_name(string body, string code, string param)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Seen.Clear();

        var error = await GatewayBed.ErrorAsync(await PostAsync(user, body), 400, code);

        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Empty(bed.Upstream.Seen);
        Assert.Equal(0m, (await bed.CreditsAsync(user)).Held);
    }

    [Theory]
    [InlineData("""{"v":[[1]]}""")]
    [InlineData("""{"v":[[1,2],[1]]}""")]
    [InlineData("""{"v":["a","b"]}""")]
    [InlineData("""{"v":[[1e999],[1]]}""")]
    public async Task Vectors_that_are_none_cost_nothing(string said)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says(said);
        await GatewayBed.ErrorAsync(await PostAsync(user, $$"""{"model":"{{bed.Fresh("compass")}}","input":["one","two"]}"""), 502, "upstream_invalid_response");
        Assert.Empty(await bed.UsageAsync(user));
    }

    private static Task<HttpResponseMessage> PostAsync(TestUser user, string body) => user.Http.PostAsync("/v1/embeddings", GatewayRequests.Json(body));
}
