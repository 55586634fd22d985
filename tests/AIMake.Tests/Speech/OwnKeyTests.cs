using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Tests.Gateway;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Speech;

/// <summary>A user pays the provider with a key of their own: no credits, but all the rest.</summary>
public sealed class OwnKeyTests(OwnKeyTests.Stage stage) : IClassFixture<OwnKeyTests.Stage>, IAsyncLifetime
{
    private const string Voice = "tts-1:alloy";
    private const string Key = "sk-own-canary-0123456789";

    private readonly ScriptedUpstream _upstream = stage.Upstream;
    private readonly TestServer _server = stage.Server;
    private TestUser _user = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _user = await _server.CreateUserAsync();
        _upstream.Seen.Clear();
        _upstream.Answer = context =>
        {
            context.Response.ContentType = "audio/pcm";
            return context.Response.Body.WriteAsync(Tone()).AsTask();
        };
    }

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task Speech_with_ones_own_key_costs_no_credits_is_quoted_and_receipted_so_and_counted()
    {
        await AddKeyAsync();
        var voices = (await (await _user.Http.GetAsync("/api/voices?ownKey=true&model=tts-1&limit=100", Ct)).DataAsync()).GetProperty("items").EnumerateArray().ToList();
        Assert.Contains(voices, v => v.GetProperty("id").GetString() == Voice);
        Assert.All(voices, v => Assert.Equal(0, v.GetProperty("pricePerThousandCharacters").GetDecimal()));

        var quote = await (await PostAsync("/api/tts/quote")).DataAsync();
        using var response = await PostAsync("/api/tts/generate");
        var made = await response.DataAsync();
        var receipt = await (await _user.Http.GetAsync($"/api/generations/{made.GetProperty("generationId").GetString()}/receipt", Ct)).DataAsync();

        Assert.All([quote, receipt], bill =>
        {
            var line = Assert.Single(bill.GetProperty("lines").EnumerateArray());
            Assert.Equal((0m, 0m, 0m, true), (bill.GetProperty("credits").GetDecimal(), bill.GetProperty("ceiling").GetDecimal(), line.GetProperty("price").GetDecimal(), line.GetProperty("ownKey").GetBoolean()));
        });
        Assert.Equal((0m, "openai"), (made.GetProperty("credits").GetDecimal(), receipt.GetProperty("provider").GetString()));
        Assert.Equal($"Bearer {Key}", Assert.Single(_upstream.Seen).Headers["Authorization"]);
        var usage = await (await _user.Http.GetAsync("/api/stats/usage", Ct)).DataAsync();
        Assert.Equal((1, 1), (usage.GetProperty("count").GetInt32(), usage.GetProperty("ownKeyCount").GetInt32()));
        Assert.Equal(0, (await (await _user.Http.GetAsync("/api/credits", Ct)).DataAsync()).GetProperty("usedCredits").GetDecimal());
    }

    /// <summary>Each interface names what it was sent.</summary>
    [Fact]
    public async Task A_voice_that_needs_no_key_is_refused_under_the_name_of_the_header_where_there_is_one()
    {
        using var openAi = new HttpRequestMessage(HttpMethod.Post, "/v1/audio/speech")
        {
            Content = GatewayRequests.Json("""{"model":"espeak-ng","voice":"en-us","input":"Hello"}"""), Headers = { { "X-AIMake-Key", "own" } },
        };
        using var ours = await _user.Http.PostAsJsonAsync("/api/tts/generate", new { voiceId = "espeak:en-us", text = "Hello", ownKey = true }, Ct);

        Assert.Equal("X-AIMake-Key", (await GatewayBed.ErrorAsync(await _user.Http.SendAsync(openAi, Ct), 400, "own_key_not_needed")).GetProperty("param").GetString());
        Assert.Contains("\"field\":\"ownKey\"", await ours.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edit_and_a_stream_take_the_key_too()
    {
        await AddKeyAsync();
        var made = await (await PostAsync("/api/tts/generate")).DataAsync();

        var edited = await (await _user.Http.PostAsJsonAsync($"/api/audios/{made.GetProperty("id").GetString()}/edit", new { text = "Quite another sentence.", ownKey = true }, Ct)).DataAsync();
        using var streamed = await PostAsync("/api/tts/stream", "And a third one.");

        Assert.Equal(0, edited.GetProperty("credits").GetDecimal());
        Assert.True(streamed.IsSuccessStatusCode && (await streamed.Content.ReadAsByteArrayAsync(Ct)).Length > 100);
        Assert.Equal(3, _upstream.Seen.Count);
    }

    [Fact]
    public async Task Without_a_key_it_is_refused_before_anything_is_begun()
    {
        foreach (var path in new[] { "/api/tts/quote", "/api/tts/generate", "/api/tts/stream" })
        {
            Assert.Equal("ownKey", (await (await PostAsync(path)).FaultAsync(400, "OWN_KEY_MISSING")).GetProperty("field").GetString());
        }

        await (await _user.Http.PostAsJsonAsync("/api/tts/quote", new { text = "Hello", voiceId = "espeak:en-us", ownKey = true }, Ct)).FaultAsync(400, "OWN_KEY_NOT_NEEDED");
        await (await _user.Http.PostAsJsonAsync("/api/tts/quote", new { text = "Hello", voiceId = Voice }, Ct)).FaultAsync(400, "VOICE_UNKNOWN"); // with ours there is none
        await (await _server.Anonymous.GetAsync("/api/voices?ownKey=true", Ct)).FaultAsync(401, "UNAUTHENTICATED");
        Assert.Empty((await (await _user.Http.GetAsync("/api/voices?ownKey=true", Ct)).DataAsync()).GetProperty("items").EnumerateArray());
        Assert.Empty(_upstream.Seen);
    }

    [Fact]
    public async Task A_key_the_provider_refuses_is_said_to_be_refused()
    {
        await AddKeyAsync();
        _upstream.Says("""{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","code":"invalid_api_key"}}""", 401);

        await (await PostAsync("/api/tts/generate")).FaultAsync(422, "OWN_KEY_REFUSED");
        await GatewayBed.ErrorAsync(await ChatAsync(), 422, "own_key_refused");
    }

    [Fact]
    public async Task A_key_that_was_set_aside_is_said_to_be_refused_and_not_to_be_missing()
    {
        await AddKeyAsync();
        await TestDatabase.ExecuteAsync(_server, $"UPDATE accounts.provider_keys SET status = 'refused' WHERE user_id = '{_user.Id}'");

        var told = await (await PostAsync("/api/tts/quote")).FaultAsync(422, "OWN_KEY_REFUSED");
        Assert.Contains("test or replace it", told.GetProperty("message").GetString(), StringComparison.Ordinal);
        await GatewayBed.ErrorAsync(await ChatAsync(), 422, "own_key_refused");
        Assert.Empty(_upstream.Seen);
    }

    [Fact]
    public async Task The_gateway_reaches_models_by_ones_own_key_that_nobody_else_has_here()
    {
        await GatewayBed.ErrorAsync(await ChatAsync(), 400, "own_key_missing");
        await GatewayBed.ErrorAsync(await _user.Http.PostAsync("/v1/chat/completions", Chat, Ct), 404, "model_not_found");
        await AddKeyAsync();
        _upstream.Says("""
            {"id":"c","object":"chat.completion","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":9,"total_tokens":20}}
            """);

        using var answer = await ChatAsync();

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal("0", answer.Headers.GetValues("X-AIMake-Credits").Single());
        var total = await (await _user.Http.GetAsync("/api/stats/usage", Ct)).DataAsync();
        Assert.Equal((1, 20), (total.GetProperty("ownKeyCount").GetInt32(), total.GetProperty("tokens").GetProperty("input").GetInt32() + total.GetProperty("tokens").GetProperty("output").GetInt32()));
    }

    [Fact]
    public async Task What_an_administrator_has_switched_off_no_key_of_ones_own_opens()
    {
        await AddKeyAsync();
        var admin = await _server.CreateAdminAsync();

        await (await admin.Http.PutAsJsonAsync("/api/admin/providers/openai", new { disabled = true }, Ct)).DataAsync();

        await (await PostAsync("/api/tts/quote")).FaultAsync(404, "MODEL_OFF");
        await GatewayBed.ErrorAsync(await ChatAsync(), 404, "model_off");
        Assert.Empty(_upstream.Seen);
        await (await admin.Http.PutAsJsonAsync("/api/admin/providers/openai", new { disabled = false }, Ct)).DataAsync();
    }

    private static HttpContent Chat => GatewayRequests.Json("""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}""");

    /// <summary>Half a second of a tone: 24 kHz, 16 bit, mono.</summary>
    private static byte[] Tone()
    {
        var samples = new byte[24_000];
        for (var i = 0; i < samples.Length / 2; i++)
        {
            BitConverter.TryWriteBytes(samples.AsSpan(2 * i), (short)(8_000 * Math.Sin(i * 0.115)));
        }

        return samples;
    }

    private async Task AddKeyAsync() =>
        await (await _user.Http.PostAsJsonAsync("/api/keys", new { service = "openai", keyName = "mine", keyValue = Key, baseUrl = _upstream.BaseUrl }, Ct)).DataAsync(201);

    private Task<HttpResponseMessage> PostAsync(string path, string text = "A sentence of mine.") =>
        _user.Http.PostAsJsonAsync(path, new { text, voiceId = Voice, ownKey = true }, Ct);

    private async Task<HttpResponseMessage> ChatAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = Chat };
        request.Headers.Add("X-AIMake-Key", "own");
        return await _user.Http.SendAsync(request, Ct);
    }

    /// <summary>A server without any provider of its own, and one that its users' keys are for.</summary>
    public sealed class Stage : IAsyncLifetime
    {
        internal ScriptedUpstream Upstream { get; private set; } = null!;

        public TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Upstream = await ScriptedUpstream.StartAsync();
            Server = await TestServer.StartAsync(["--Outbound:AllowedHosts:0", new Uri(Upstream.BaseUrl).Authority]);
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await Upstream.DisposeAsync();
        }
    }
}
