using AIMake.Catalog;
using AIMake.Tests.Hosting;
using AIMake.Tests.Providers.Declarative;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Video;

/// <summary>Video of a provider that is one file beside the running server.</summary>
public sealed class DeclaredVideoTests(VideoBed bed) : IClassFixture<VideoBed>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_videos_are_made_like_any_others_and_told_to_stop_when_nobody_wants_them()
    {
        using var file = await DropAsync("REPLICATE_VIDEO_KEY");
        var user = await bed.Server.CreateUserAsync();

        var video = await VideoBed.OrderAsync(user.Http, new { model = "minimax-video-01", prompt = "Rain on a tin roof" });
        var unwanted = await VideoBed.OrderAsync(user.Http, new { model = "minimax-video-01", prompt = "[never]" });
        var made = await VideoBed.EndAsync(user.Http, video);
        await bed.TaskOfAsync(unwanted);
        await VideoBed.VideoAsync(await user.Http.DeleteAsync($"/v1/videos/{unwanted.GetProperty("id").GetString()}", Ct));

        Assert.Equal("completed", made.GetProperty("status").GetString());
        Assert.Equal((425m, 0m), await VideoBed.CreditsAsync(user.Http));
        Assert.Equal(("replicate", 500_000L), (await bed.UsageAsync(VideoBed.IdOf(video))) is { } used ? (used.Provider, used.Cost) : default);
        Assert.Single((await bed.Simulator.BookAsync("replicate-sesame")), c => c.Path.EndsWith("/cancel", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_away_for_a_while_loses_nothing_that_is_being_made()
    {
        var file = await DropAsync("REPLICATE_AWAY_KEY");
        var user = await bed.Server.CreateUserAsync();
        await bed.Simulator.FaultsAsync(new { key = "replicate-sesame", failStatus = 500 }); // so that it is not done too early
        await bed.Simulator.FaultsAsync(new { key = "replicate-sesame", path = "/replicate/v1/predictions", slowMs = 1 });
        var video = await VideoBed.OrderAsync(user.Http, new { model = "minimax-video-01", prompt = "Wait for me" });
        var task = await bed.TaskOfAsync(video);

        file.Dispose();
        await OfferedAsync(false);
        await bed.Simulator.ResetAsync();
        using var back = await DropAsync("REPLICATE_AWAY_KEY");

        Assert.Equal("completed", (await VideoBed.EndAsync(user.Http, video)).GetProperty("status").GetString());
        Assert.Equal(task, await bed.TaskOfAsync(video));
        Assert.DoesNotContain(await bed.Simulator.BookAsync("replicate-sesame"), c => c.Method == "POST");
    }

    private async Task<DroppedFile> DropAsync(string variable)
    {
        Environment.SetEnvironmentVariable(variable, "replicate-sesame");
        var folder = Directory.CreateDirectory(Path.Combine(bed.Server.DataFolder, "providers")).FullName;
        var file = new DroppedFile(Path.Combine(folder, "replicate.json"));
        var text = DeclaredFiles.At(bed.Simulator.Host, "replicate").Replace("REPLICATE_API_TOKEN", variable, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file.Path, text, Ct);
        await OfferedAsync(true);
        return file;
    }

    private async Task OfferedAsync(bool expected)
    {
        var catalog = bed.Server.Services.GetRequiredService<LiveCatalog>();
        while (catalog.Current.Models.Any(m => m.Id == "minimax-video-01") != expected)
        {
            await Task.Delay(20, Ct);
        }
    }

    private sealed record DroppedFile(string Path) : IDisposable
    {
        public void Dispose() => File.Delete(Path);
    }
}
