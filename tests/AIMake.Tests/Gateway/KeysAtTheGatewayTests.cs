using System.Net.Http.Headers;
using System.Text.Json;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Gateway;

/// <summary>What API keys may do at the gateway, and in which shape they are told what they may not.</summary>
public sealed class KeysAtTheGatewayTests : IClassFixture<GatewayBed>
{
    private readonly GatewayBed _bed;

    public KeysAtTheGatewayTests(GatewayBed shared)
    {
        _bed = shared;
        _bed.Upstream.Says("""
            {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"parrot-2026","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":9,"total_tokens":20}}
            """);
    }

    [Fact]
    public async Task A_key_chats_however_it_is_sent_and_in_the_address_never()
    {
        var user = await _bed.Server.CreateUserAsync();
        var key = await user.CreateKeyAsync("chat");

        foreach (var (header, value) in new[] { ("Authorization", $"Bearer {key}"), ("x-api-key", key), ("api-key", key) })
        {
            using var answer = await PostAsync(header, value);
            Assert.True(answer.IsSuccessStatusCode, $"{header}: {await answer.Content.ReadAsStringAsync()}");
        }

        using var exposed = await _bed.Server.Anonymous.PostAsync($"/v1/chat/completions?api_key={key}", GatewayRequests.Json(GatewayRequests.Chat()));
        Assert.Equal(401, (int)exposed.StatusCode);
    }

    [Fact]
    public async Task Another_scope_another_model_and_no_key_at_all_are_told_in_the_shape_of_openai()
    {
        var user = await _bed.Server.CreateUserAsync();
        var speech = await user.CreateKeyAsync("speech");
        var parrotless = (await user.CreateKeyAsync(new { name = "k", scopes = new[] { "chat" }, models = new[] { "brush" } })).GetProperty("secret").GetString()!;

        Assert.Equal("403 scope_denied", await RefusalAsync(await PostAsync("Authorization", $"Bearer {speech}")));
        var lacking = await GatewayBed.ErrorAsync(await PostAsync("api-key", speech), 403, "scope_denied");
        Assert.EndsWith("it lacks the scope chat.", lacking.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("403 model_not_allowed", await RefusalAsync(await PostAsync("Authorization", $"Bearer {parrotless}")));
        Assert.StartsWith("401", await RefusalAsync(await PostAsync("Authorization", "Bearer aimake_live_00000000000000000000000000000000000000")), StringComparison.Ordinal);
        Assert.StartsWith("404", await RefusalAsync(await _bed.Server.Anonymous.GetAsync("/v1/nothing-here")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/responses")]
    [InlineData("/v1/embeddings")]
    [InlineData("/v1/images/generations")]
    [InlineData("/v1/images/edits")]
    [InlineData("/v1/audio/speech")]
    [InlineData("/v1/audio/transcriptions")]
    [InlineData("/v1/videos")]
    public async Task Another_value_than_own_is_refused_and_spends_nothing(string path)
    {
        var user = await _bed.Server.CreateUserAsync();
        var before = await _bed.CreditsAsync(user);
        foreach (var value in new[] { "bogus", "mine", "", "own,own" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = GatewayRequests.Json(GatewayRequests.Chat()) };
            request.Headers.Add("X-AIMake-Key", value);
            using var answer = await user.Http.SendAsync(request);

            var error = await GatewayBed.ErrorAsync(answer, 400, "field_invalid");
            Assert.Equal("X-AIMake-Key", error.GetProperty("param").GetString());
            Assert.Contains("'own'", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(before, await _bed.CreditsAsync(user));
        Assert.Empty(await _bed.UsageAsync(user));
    }

    [Fact]
    public async Task A_key_that_opens_nothing_any_more_is_told_to_be_made_anew()
    {
        var user = await _bed.Server.CreateUserAsync();
        var key = await user.CreateKeyAsync("chat");
        await user.RevokeKeysAsync();

        foreach (var dead in new[] { key, "aimake_live_00000000000000000000000000000000000000", "sk-of-some-other-service" })
        {
            var error = await GatewayBed.ErrorAsync(await PostAsync("Authorization", $"Bearer {dead}"), 401, "invalid_api_key");
            Assert.Contains("unknown, expired or revoked; make a new one under API keys", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }

        await GatewayBed.ErrorAsync(await PostAsync("Authorization", "Bearer ey.some.thing"), 401, "invalid_token");
    }

    [Fact]
    public async Task A_key_sees_the_models_it_may_use_and_no_others()
    {
        var user = await _bed.Server.CreateUserAsync();
        var key = (await user.CreateKeyAsync(new { name = "k", scopes = new[] { "chat", "models" }, models = new[] { "parrot" } })).GetProperty("secret").GetString()!;
        using var http = _bed.Server.ClientWith(key);

        var seen = JsonElement.Parse(await http.GetStringAsync("/v1/models")).GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString());
        Assert.Equal(["parrot"], seen);
        Assert.True((await http.GetAsync("/v1/models/parrot")).IsSuccessStatusCode);
        await GatewayBed.ErrorAsync(await http.GetAsync("/v1/models/brush"), 403, "model_not_allowed");
        Assert.True(JsonElement.Parse(await user.Http.GetStringAsync("/v1/models")).GetProperty("data").GetArrayLength() > 1);
    }

    [Fact]
    public async Task Two_hundred_calls_at_once_through_two_nodes_never_pass_the_keys_limit()
    {
        var user = await _bed.Server.CreateUserAsync();
        await using var other = await _bed.StartNodeAsync();
        var made = await user.CreateKeyAsync(new { name = "k", scopes = new[] { "chat" }, creditLimit = new { amount = 3, window = "day" } });
        var key = made.GetProperty("secret").GetString()!;
        var nodes = new[] { _bed.Server.ClientWith(key), other.ClientWith(key) };

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            using var answer = await nodes[i % 2].PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat(""","max_tokens":100""")));
            return (int)answer.StatusCode;
        }));

        Assert.All(answers, a => Assert.True(a is 200 or 402, $"{a}"));
        Assert.Contains(200, answers);
        Assert.Contains(402, answers);
        var limit = (await (await user.Http.GetAsync($"/api/tokens/{made.GetProperty("id").GetString()}")).DataAsync()).GetProperty("creditLimit");
        Assert.InRange(limit.GetProperty("used").GetDecimal(), 0.000001m, 3);
        var spent = (await (await user.Http.GetAsync("/api/credits")).DataAsync()).GetProperty("usedCredits").GetDecimal();
        Assert.Equal(spent, limit.GetProperty("used").GetDecimal());
    }

    [Fact]
    public async Task A_spent_limit_is_402_and_never_429()
    {
        var user = await _bed.Server.CreateUserAsync();
        var key = (await user.CreateKeyAsync(new { name = "k", scopes = new[] { "chat" }, creditLimit = new { amount = 0, window = "total" } })).GetProperty("secret").GetString()!;

        var error = await GatewayBed.ErrorAsync(await PostAsync("Authorization", $"Bearer {key}"), 402, "key_limit_reached");
        Assert.Contains("a lower max_tokens), or raise the key's limit", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_calls_too_often_is_told_in_openais_own_words()
    {
        var user = await _bed.Server.CreateUserAsync();
        var key = (await user.CreateKeyAsync(new { name = "k", scopes = new[] { "chat" }, rateLimit = 1 })).GetProperty("secret").GetString()!;
        await PostAsync("api-key", key);

        using var refused = await PostAsync("api-key", key);

        Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        var error = await GatewayBed.ErrorAsync(refused, 429, "rate_limit_exceeded");
        Assert.Equal("requests", error.GetProperty("type").GetString());
    }

    private async Task<HttpResponseMessage> PostAsync(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = GatewayRequests.Json(GatewayRequests.Chat()) };
        request.Headers.Add(header, value);
        return await _bed.Server.Anonymous.SendAsync(request);
    }

    private static async Task<string> RefusalAsync(HttpResponseMessage response)
    {
        var error = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(p => p.Name));
        return $"{(int)response.StatusCode} {error.GetProperty("code").GetString()}";
    }
}
