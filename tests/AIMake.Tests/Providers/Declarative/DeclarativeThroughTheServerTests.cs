using System.Text.Json;
using AIMake.Catalog;
using AIMake.Providers.Declarative;
using AIMake.Tests.Hosting;
using AIMake.Tests.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Providers.Declarative;

/// <summary>A file dropped beside a running server.</summary>
public sealed class DeclarativeThroughTheServerTests(SimulatorHost simulator) : IClassFixture<SimulatorHost>
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(2);

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
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Promised, "more than two seconds");
            await Task.Delay(20, Ct);
        }
    }
}
