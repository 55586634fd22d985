using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Catalog;
using AIMake.Operations.Pools;
using AIMake.Providers.Declarative;
using AIMake.Tests.Hosting;
using AIMake.Tests.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Providers.Declarative;

/// <summary>A file dropped beside a running server.</summary>
public sealed class DeclarativeThroughTheServerTests(SimulatorHost simulator) : IClassFixture<SimulatorHost>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_models_and_voices_are_offered_within_two_seconds_and_go_with_it()
    {
        await using var server = await TestServer.StartAsync(["--Outbound:AllowedHosts:0", simulator.Host]);
        var folder = Directory.CreateDirectory(Path.Combine(server.DataFolder, "providers")).FullName;
        var catalog = server.Services.GetRequiredService<LiveCatalog>();
        Environment.SetEnvironmentVariable("DROPPED_FILE_KEY", "sesame");

        await File.WriteAllTextAsync(Path.Combine(folder, "deepgram.json"), DeclaredFiles.At(simulator.Host, "deepgram").Replace("DEEPGRAM_API_KEY", "DROPPED_FILE_KEY", StringComparison.Ordinal), Ct);
        await UntilAsync(() => catalog.Current.Models.Any(model => model.Id == "nova-3"));
        Assert.True(catalog.Current.Speech("aura-2:aura-2-thalia-en", catalog.Today).Ok);
        Assert.Contains("aura-2:aura-2-thalia-en", await VoicesAsync(server));

        File.Delete(Path.Combine(folder, "deepgram.json"));
        await UntilAsync(() => catalog.Current.Models.All(model => model.Provider != "deepgram"));
        Assert.DoesNotContain("aura-2:aura-2-thalia-en", await VoicesAsync(server));
    }

    [Fact]
    public async Task It_speaks_for_a_user_who_pays_its_price_and_has_a_receipt_that_names_it()
    {
        await using var server = await TestServer.StartAsync(["--Outbound:AllowedHosts:0", simulator.Host]);
        var folder = Directory.CreateDirectory(Path.Combine(server.DataFolder, "providers")).FullName;
        var user = await server.CreateUserAsync();
        Environment.SetEnvironmentVariable("SPEAKING_FILE_KEY", "open-sesame");
        await File.WriteAllTextAsync(Path.Combine(folder, "deepgram.json"), DeclaredFiles.At(simulator.Host, "deepgram").Replace("DEEPGRAM_API_KEY", "SPEAKING_FILE_KEY", StringComparison.Ordinal), Ct);
        var catalog = server.Services.GetRequiredService<LiveCatalog>();
        await UntilAsync(() => catalog.Current.Models.Any(model => model.Id == "aura-2"));

        using var answer = await user.Http.PostAsJsonAsync("/api/tts/generate", new { voiceId = "aura-2:aura-2-thalia-en", text = "Good morning." }, Ct);
        var made = await answer.DataAsync();

        var call = Assert.Single(await simulator.BookAsync("open-sesame"));
        Assert.Equal(("/deepgram/v1/speak", "aura-2-thalia-en", 13), (call.Path, call.Voice, call.Characters));
        var receipt = await (await user.Http.GetAsync($"/api/generations/{made.GetProperty("generationId").GetString()}/receipt", Ct)).Content.ReadAsStringAsync(Ct);
        Assert.Contains("deepgram", receipt, StringComparison.Ordinal);
        Assert.Contains("aura-2", receipt, StringComparison.Ordinal);
        Assert.DoesNotContain("open-sesame", receipt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("anthropic", "claude-haiku-4-5", "ANSWERING_EVENTS_KEY", "You said: Good morning", 9, 4)]
    [InlineData("lumen", "lumen-words", "ANSWERING_LINES_KEY", "You said: Good morning ", 7, 4)]
    [InlineData("replicate", "llama-3-70b", "ANSWERING_TASKS_TOKEN", "You said: Good morning", 5, 4)]
    public async Task It_answers_OpenAI_clients_streamed_and_whole(string name, string model, string variable, string said, int read, int written)
    {
        await using var server = await TestServer.StartAsync(["--Outbound:AllowedHosts:0", simulator.Host]);
        var user = await server.CreateUserAsync();
        Environment.SetEnvironmentVariable(variable, $"{name}-sesame");
        var folder = Directory.CreateDirectory(Path.Combine(server.DataFolder, "providers")).FullName;
        var file = DeclaredFiles.At(simulator.Host, name).Replace("\"every\": 1", "\"every\": 0.05", StringComparison.Ordinal)
            .Replace($"{name.ToUpperInvariant()}_API_KEY", variable, StringComparison.Ordinal).Replace("REPLICATE_API_TOKEN", variable, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.json"), file, Ct);
        var catalog = server.Services.GetRequiredService<LiveCatalog>();
        await UntilAsync(() => catalog.Current.Models.Any(m => m.Id == model));
        object Ask(bool stream) => new { model, stream, messages = new[] { new { role = "user", content = "Good morning" } } };

        using var whole = await user.Http.PostAsJsonAsync("/v1/chat/completions", Ask(stream: false), Ct);
        using var streamed = await user.Http.PostAsJsonAsync("/v1/chat/completions", Ask(stream: true), Ct);

        var answer = JsonElement.Parse(await whole.Content.ReadAsStringAsync(Ct));
        Assert.Equal((said, "stop"), (answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(), answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString()));
        Assert.Equal((read, written), (answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32()));
        var text = await streamed.Content.ReadAsStringAsync(Ct);
        Assert.Contains("\"role\":\"assistant\",\"content\":\"You", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.Equal(2, (await simulator.BookAsync($"{name}-sesame")).Count(call => call.Method == "POST"));
    }

    [Fact]
    public async Task Administrators_are_told_of_a_missing_key_a_model_taken_and_a_mistake_in_their_language()
    {
        await using var server = await TestServer.StartAsync(["--Outbound:AllowedHosts:0", simulator.Host]);
        var folder = Path.Combine(server.DataFolder, "providers");
        await UntilAsync(() => Directory.Exists(folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        var lumen = DeclaredFiles.At(simulator.Host, "lumen").Replace("LUMEN_API_KEY", "NOBODY_SET_THIS_KEY", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder, "lumen.json"), lumen, Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "second.json"), lumen.Replace("lumen-vectors", "gpt-4o-mini", StringComparison.Ordinal), Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "broken.json"), "{", Ct);
        await UntilAsync(() => server.Services.GetRequiredService<IDeclarativeProviders>().Files.Count == 3);
        var files = server.Services.GetRequiredService<ProviderFiles>();
        IReadOnlyList<ProviderFileView> In(string language) => [.. files.All.Select(file => files.View(file, language))];

        var seen = In("en");
        Assert.Equal(["broken refused", "lumen needsKey", "second needsKey"], seen.Select(file => $"{file.Name} {char.ToLowerInvariant($"{file.State}"[0])}{$"{file.State}"[1..]}"));
        Assert.StartsWith("key: NOBODY_SET_THIS_KEY is not set.", Assert.Single(seen[1].Problems), StringComparison.Ordinal);
        Assert.Contains(seen[2].Problems, problem => problem.StartsWith("models[0].id: lumen-words is already in lumen.json, which wins", StringComparison.Ordinal));
        Assert.Contains(seen[2].Problems, problem => problem.StartsWith("models[1].id: gpt-4o-mini is already in the catalog, of openai, which wins", StringComparison.Ordinal));
        Assert.StartsWith("第 1 行：", Assert.Single(In("zh-CN")[0].Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_one_does_not_keep_the_server_from_starting()
    {
        var folder = Directory.CreateTempSubdirectory("aimake-declared-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "broken.json"), "{", Ct);

        await using var server = await TestServer.StartAsync(["--Declarative:Folder", folder]);

        var file = Assert.Single(server.Services.GetRequiredService<IDeclarativeProviders>().Files);
        Assert.Equal(("broken", DeclaredFileState.Refused), (file.Name, file.State));
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<IReadOnlyList<string>> VoicesAsync(TestServer server)
    {
        var page = await (await server.Anonymous.GetAsync("/api/voices?language=en-US&limit=100", Ct)).DataAsync();
        return [.. page.GetProperty("items").EnumerateArray().Select(voice => voice.GetProperty("id").GetString()!)];
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "it was never picked up");
            await Task.Delay(20, Ct);
        }
    }
}
