using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Tests.Hosting;
using AIMake.Tests.Speech;

namespace AIMake.Tests.Accounts.ApiKeys;

/// <summary>What a key may spend and on what, through the routes that spend.</summary>
public sealed class KeyedSpeechTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_keys_limit_is_kept_on_every_route_that_spends_while_its_owner_goes_on()
    {
        var user = await server.CreateUserAsync();
        var price = (await (await user.Http.PostAsJsonAsync("/api/tts/quote", Body("Alpha beta gamma."))).DataAsync()).GetProperty("ceiling").GetDecimal();
        var made = await user.CreateKeyAsync(new { name = "k", scopes = new[] { "speech", "library" }, creditLimit = new { amount = price * 2.5m, window = "month" } });
        var key = server.ClientWith(made.GetProperty("secret").GetString()!);

        var first = await (await key.PostAsJsonAsync("/api/tts/generate", Body("Alpha beta gamma."))).DataAsync();
        using (var stream = await key.PostAsJsonAsync("/api/tts/stream", Body("Gamma beta alpha.")))
        {
            Assert.True(stream.IsSuccessStatusCode);
            await stream.Content.ReadAsByteArrayAsync();
        }

        await (await key.PostAsJsonAsync("/api/tts/generate", Body("Beta gamma alpha."))).FaultAsync(402, "KEY_LIMIT_REACHED");
        await (await key.PostAsJsonAsync("/api/tts/stream", Body("Beta gamma alpha."))).FaultAsync(402, "KEY_LIMIT_REACHED");
        await (await key.PostAsJsonAsync($"/api/audios/{first.GetProperty("id").GetString()}/edit", new { text = "Beta gamma alpha." })).FaultAsync(402, "KEY_LIMIT_REACHED");
        await (await user.Http.PostAsJsonAsync("/api/tts/generate", Body("Beta gamma alpha."))).DataAsync();

        var limit = (await (await user.Http.GetAsync($"/api/tokens/{made.GetProperty("id").GetString()}")).DataAsync()).GetProperty("creditLimit");
        Assert.Equal(price * 2, limit.GetProperty("used").GetDecimal());
        var counted = await TestDatabase.ExecuteAsync(server, $"SELECT string_agg(coalesce(api_key_id::text, 'in person'), ' ' ORDER BY seq) FROM usage.events WHERE user_id = '{user.Id}'");
        var id = made.GetProperty("id").GetString();
        Assert.Equal($"{id} {id} in person", counted);
    }

    [Fact]
    public async Task Two_hundred_calls_at_once_through_two_nodes_get_what_the_limit_allows()
    {
        await using var other = await TestServer.StartAsync(sharing: server);
        var user = await server.CreateUserAsync();
        var price = (await (await user.Http.PostAsJsonAsync("/api/tts/quote", Body("Number 100."))).DataAsync()).GetProperty("ceiling").GetDecimal();
        var secret = (await user.CreateKeyAsync(new { name = "k", scopes = new[] { "speech" }, creditLimit = new { amount = price * 10, window = "day" } })).GetProperty("secret").GetString()!;
        var nodes = new[] { server.ClientWith(secret), other.ClientWith(secret) };

        var answers = await Task.WhenAll(Enumerable.Range(100, 200).Select(async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/tts/generate") { Content = JsonContent.Create(Body($"Number {i}.")) };
            request.Headers.Add("Prefer", "respond-async");
            using var response = await nodes[i % 2].SendAsync(request);
            return (int)response.StatusCode;
        }));

        Assert.Equal(10, answers.Count(a => a == 202));
        Assert.Equal(190, answers.Count(a => a == 402));
    }

    [Fact]
    public async Task A_model_that_is_not_on_the_list_is_refused_on_every_route()
    {
        var user = await server.CreateUserAsync();
        var audio = await user.GenerateAsync("Mine.");
        var key = server.ClientWith((await user.CreateKeyAsync(new { name = "k", scopes = new[] { "speech" }, models = new[] { "tts-1" } })).GetProperty("secret").GetString()!);

        foreach (var path in new[] { "/api/tts/generate", "/api/tts/stream" })
        {
            await (await key.PostAsJsonAsync(path, Body("Hello."))).FaultAsync(403, "MODEL_NOT_ALLOWED");
        }

        await (await key.PostAsJsonAsync($"/api/audios/{audio.GetProperty("id").GetString()}/edit", new { text = "Hello." })).FaultAsync(403, "MODEL_NOT_ALLOWED");
        var model = (await (await user.Http.GetAsync("/api/generations?limit=1")).DataAsync()).GetProperty("items")[0].GetProperty("model").GetString();
        var allowed = server.ClientWith((await user.CreateKeyAsync(new { name = "k", scopes = new[] { "speech" }, models = new[] { model } })).GetProperty("secret").GetString()!);
        await (await allowed.PostAsJsonAsync("/api/tts/generate", Body("Hello."))).DataAsync();
    }

    [Fact]
    public async Task A_key_for_pictures_neither_cancels_nor_repeats_speech()
    {
        var user = await server.CreateUserAsync();
        var id = (await user.GenerateAsync("Mine too.")).GetProperty("generationId").GetString();
        var key = server.ClientWith(await user.CreateKeyAsync("images"));

        await (await key.PostAsync($"/api/generations/{id}/cancel", null)).FaultAsync(403, "SCOPE_DENIED");
        await (await key.PostAsync($"/api/generations/{id}/retry", null)).FaultAsync(403, "SCOPE_DENIED");
        await (await key.GetAsync($"/api/generations/{id}")).DataAsync();
    }

    private static object Body(string text) => new { text, voiceId = Sounds.Voice };
}
