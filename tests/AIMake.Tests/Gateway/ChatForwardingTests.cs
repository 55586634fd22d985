using System.Net;
using System.Text;
using System.Text.Json;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Gateway;

/// <summary>Whole answers: bytes there and back, and what they cost.</summary>
public sealed class ChatForwardingTests(GatewayBed bed) : IClassFixture<GatewayBed>
{
    private const string Answer = """
        {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"parrot-2026","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":9,"total_tokens":20,"prompt_tokens_details":{"cached_tokens":4}},"novelty":{"kept":true}}
        """;

    [Fact]
    public async Task The_answer_is_the_upstreams_own_bytes_and_says_what_it_cost()
    {
        var user = await bed.Server.CreateUserAsync();
        var before = await bed.CreditsAsync(user);
        bed.Upstream.Says(Answer);

        using var response = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Answer, await response.Content.ReadAsStringAsync());
        // 7 fresh at 0.001, 4 cached at 0.0005, 9 written at 0.002
        Assert.Equal("0.027", response.Headers.GetValues("X-AIMake-Credits").Single());
        Assert.Equal("upstream", response.Headers.GetValues("X-AIMake-Provider").Single());
        Assert.Single(response.Headers.GetValues("X-Request-Id"));
        Assert.Equal((before.Remaining - 0.027m, 0m), await bed.CreditsAsync(user));
        var used = Assert.Single(await bed.UsageAsync(user));
        Assert.Equal(("parrot", 11L, 9L, 0.027m, false), (used.Model, used.In, used.Out, used.Credits, used.Cut));
    }

    [Fact]
    public async Task Members_nobody_here_knows_reach_the_upstream_untouched_and_only_the_models_name_changes()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says(Answer);
        bed.Upstream.Seen.Clear();
        const string sent = """{ "quirk" : [1, 2.50, "\u00e9"], "model":"parrot" , "messages":[{"role":"user","content":"caf\u00e9 ☕"}],"temperature":0.30 }""";

        using var response = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(sent));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var seen = Assert.Single(bed.Upstream.Seen);
        Assert.Equal(sent.Replace("\"parrot\"", "\"parrot-2026\"", StringComparison.Ordinal), seen.Text);
        Assert.Equal("/v1/chat/completions", seen.Path);
        Assert.Equal("Bearer sk-upstream-canary", seen.Headers["Authorization"]);
        Assert.DoesNotContain(user.AccessToken, string.Join(' ', seen.Headers.Values), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"messages":[]}""", "field_required", "model")]
    [InlineData("""{"model":"parrot"}""", "field_required", "messages")]
    [InlineData("""{"model":7,"messages":[]}""", "field_invalid", "model")]
    [InlineData("""{"model":"parrot","model":"parrot","messages":[]}""", "duplicate_field", "model")]
    [InlineData("""{"model":"parrot","messages":[],"max_tokens":-1}""", "field_out_of_range", "max_tokens")]
    [InlineData("""{"model":"parrot","messages":[],"max_tokens":9223372036854775808}""", "field_out_of_range", "max_tokens")]
    [InlineData("""{"model":"parrot","messages":[],"max_tokens":1e309}""", "field_out_of_range", "max_tokens")]
    [InlineData("""{"model":"parrot","messages":[],"max_tokens":"5"}""", "field_out_of_range", "max_tokens")]
    [InlineData("""{"model":"parrot","messages":[],"n":1000000}""", "field_out_of_range", "n")]
    [InlineData("""{"model":"parrot","messages":[],"n":0}""", "field_out_of_range", "n")]
    [InlineData("""{"model":"parrot","messages":[],"max_completion_tokens":-1}""", "field_out_of_range", "max_completion_tokens")]
    [InlineData("""{"model":"parrot","messages":[],"stream":"yes"}""", "field_invalid", "stream")]
    [InlineData("""{"model":"parrot","messages":[],"api_base":"https://evil.example"}""", "unknown_field", "api_base")]
    [InlineData("""{"model":"parrot","messages":[],"base_url":"https://evil.example"}""", "unknown_field", "base_url")]
    [InlineData("""{"model":"parrot","messages":[],"custom_llm_provider":"x"}""", "unknown_field", "custom_llm_provider")]
    [InlineData("""{"model":"parrot","messages":[],"extra_headers":{"x":"y"}}""", "unknown_field", "extra_headers")]
    [InlineData("""[]""", "invalid_request", null)]
    [InlineData("""null""", "invalid_request", null)]
    [InlineData("""{"model":"parrot","messages":[]""", "malformed_json", null)]
    [InlineData("""{"model":"parrot","messages":[]}{}""", "malformed_json", null)]
    [InlineData("", "malformed_json", null)]
    public async Task S32_a_wrong_request_is_refused_by_name_before_anything_is_asked_or_held(string body, string code, string? param)
    {
        var user = await bed.Server.CreateUserAsync();
        var before = await bed.CreditsAsync(user);
        bed.Upstream.Seen.Clear();

        using var response = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(body));

        var error = await GatewayBed.ErrorAsync(response, 400, code);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Empty(bed.Upstream.Seen);
        Assert.Equal(before, await bed.CreditsAsync(user));
    }

    [Fact]
    public async Task Ten_thousand_levels_of_brackets_are_malformed_json()
    {
        var user = await bed.Server.CreateUserAsync();
        var deep = new string('[', 10_000);
        using var response = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json($$"""{"model":"parrot","messages":{{deep}}"""));
        await GatewayBed.ErrorAsync(response, 400, "malformed_json");
    }

    [Theory]
    [InlineData("nobody", 404, "model_not_found")]
    [InlineData("vectors", 404, "model_not_found")]
    [InlineData("unpriced", 400, "model_unpriced")]
    public async Task A_model_that_cannot_be_had_is_refused_never_free(string model, int status, string code)
    {
        var user = await bed.Server.CreateUserAsync();
        using var response = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json($$"""{"model":"{{model}}","messages":[]}"""));
        Assert.Equal("model", (await GatewayBed.ErrorAsync(response, status, code)).GetProperty("param").GetString());
    }

    [Fact]
    public async Task Without_credits_for_the_worst_case_the_answer_is_402_and_nobody_is_asked()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Seen.Clear();

        // 500 credits a month; 128 answers of 1,000 tokens could cost 256, of 4,000 more than there is.
        using var dear = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat(""","n":128,"max_tokens":4000""")));

        var error = await GatewayBed.ErrorAsync(dear, 402, "insufficient_credits");
        Assert.Equal("insufficient_quota", error.GetProperty("type").GetString());
        Assert.Empty(bed.Upstream.Seen);
    }

    [Theory]
    [InlineData("""{"prompt_tokens":-1,"completion_tokens":5}""")]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":1000000000000000000}""")]
    [InlineData("""{"prompt_tokens":99999999999999999999,"completion_tokens":5}""")]
    [InlineData("""{}""")]
    [InlineData("null")]
    public async Task Absurd_or_missing_usage_is_replaced_by_our_own_count(string usage)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says("""{"choices":[{"index":0,"message":{"role":"assistant","content":"One two three four five six seven eight nine ten"}}],"usage":""" + usage + "}");

        using var response = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var used = Assert.Single(await bed.UsageAsync(user));
        Assert.InRange(used.Out, 9, 11);
        Assert.InRange(used.Credits, 0.018m, 0.04m);
        Assert.NotEqual("provider", used.Source.ToLowerInvariant());
    }

    [Theory]
    [InlineData(500, 502, "upstream_error")]
    [InlineData(302, 502, "upstream_redirect")]
    public Task A_failing_upstream_costs_nothing(int upstream, int status, string code) => FailsAsync(bed, upstream, status, code);

    [Fact]
    public async Task A_key_that_is_refused_upstream_costs_the_caller_nothing_and_stays_unseen()
    {
        await using var own = new GatewayBed(); // the key is out from then on
        await own.InitializeAsync();
        await FailsAsync(own, 401, 502, "upstream_error");
        await FailsAsync(own, 401, 503, "provider_busy");
    }

    private static async Task FailsAsync(GatewayBed bed, int upstream, int status, string code)
    {
        var user = await bed.Server.CreateUserAsync();
        var before = await bed.CreditsAsync(user);
        bed.Upstream.Answer = context =>
        {
            context.Response.StatusCode = upstream;
            context.Response.Headers.Location = "https://example.com/";
            context.Response.ContentType = "application/json";
            return context.Response.Body.WriteAsync("""{"error":{"message":"sk-upstream-canary is wrong","type":"server_error","code":null,"param":null}}"""u8.ToArray()).AsTask();
        };

        using var response = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()));

        await GatewayBed.ErrorAsync(response, status, code);
        Assert.DoesNotContain("canary", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(before, await bed.CreditsAsync(user));
    }

    [Fact]
    public async Task What_the_upstream_says_about_the_request_itself_reaches_the_caller()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says("""{"error":{"message":"Unsupported value: 'temperature' must be 1.","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}""", 400);

        using var response = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat(""","temperature":7""")));

        var error = await GatewayBed.ErrorAsync(response, 400, "unsupported_value");
        Assert.Equal("temperature", error.GetProperty("param").GetString());
        Assert.Empty(await bed.UsageAsync(user));
    }

    [Theory]
    [InlineData("not json at all", "application/json")]
    [InlineData("{\"choices\":[", "application/json")]
    [InlineData("<html>Sorry</html>", "text/html")]
    public async Task Nonsense_from_the_upstream_is_its_fault_not_ours(string body, string type)
    {
        var user = await bed.Server.CreateUserAsync();
        var before = await bed.CreditsAsync(user);
        bed.Upstream.Says(body, type: type);

        using var response = await user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()));

        await GatewayBed.ErrorAsync(response, 502, "upstream_invalid_response");
        Assert.Equal(before, await bed.CreditsAsync(user));
    }

    [Fact]
    public async Task Embeddings_are_charged_by_what_was_read()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says("""{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5]}],"model":"vectors","usage":{"prompt_tokens":12,"total_tokens":12}}""");

        using var response = await user.Http.PostAsync("/v1/embeddings", GatewayRequests.Json("""{"model":"vectors","input":["one","two"]}"""));

        Assert.Equal("0.012", response.Headers.GetValues("X-AIMake-Credits").Single());
    }

    [Fact]
    public async Task Two_hundred_at_once_with_credits_for_ten_spend_exactly_those()
    {
        var user = await bed.Server.CreateUserAsync();
        // The worst case is 48 credits and a bit; ten of them fit into 500.
        bed.Upstream.Says("""{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":24000}}""");
        var request = GatewayRequests.Chat(""","max_tokens":24000""");

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(request))));

        Assert.Equal(10, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(190, answers.Count(a => a.StatusCode == HttpStatusCode.PaymentRequired));
        var (remaining, held) = await bed.CreditsAsync(user);
        Assert.Equal((500m - (10 * 48.01m), 0m), (remaining, held));
        Array.ForEach(answers, a => a.Dispose());
    }

    [Fact]
    public async Task Models_are_listed_with_their_prices()
    {
        var user = await bed.Server.CreateUserAsync();
        var list = JsonElement.Parse(await user.Http.GetStringAsync("/v1/models"));
        Assert.Equal(["parrot", "vectors"], list.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()).Where(id => id is "parrot" or "vectors" or "unpriced"));
        using var one = await user.Http.GetAsync("/v1/models/parrot");
        Assert.Equal("upstream", JsonElement.Parse(await one.Content.ReadAsStringAsync()).GetProperty("owned_by").GetString());
        await GatewayBed.ErrorAsync(await user.Http.GetAsync("/v1/models/nobody"), 404, "model_not_found");
    }

    [Fact]
    public async Task Nobody_gets_in_without_a_token()
    {
        using var response = await bed.Server.Anonymous.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()));
        await GatewayBed.ErrorAsync(response, 401, "unauthenticated");
    }
}
