using AIMake.Library;
using AIMake.Platform.Storage;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Video;

/// <summary>What goes when a video, or its owner, goes: rows at once, files with the collector; and nothing of anybody else's.</summary>
public sealed class VideoLeftoverTests : IAsyncLifetime
{
    private static readonly string Png = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private VideoBed _bed = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bed = await VideoBed.StartAsync();

    public ValueTask DisposeAsync() => _bed.DisposeAsync();

    [Fact]
    public async Task The_collector_leaves_videos_stills_and_first_frames_alone_while_somebody_has_them()
    {
        var user = await _bed.Server.CreateUserAsync();
        var video = await MakeAsync(user);

        await CollectAsync();

        Assert.Equal(3, Files(user).Length);
        foreach (var path in new[] { "content", "content?variant=thumbnail" })
        {
            using var answer = await user.Http.GetAsync($"/v1/videos/{video}/{path}", Ct);
            Assert.True(answer.IsSuccessStatusCode);
        }
    }

    [Fact]
    public async Task What_was_removed_for_good_takes_prompt_frame_and_still_along()
    {
        var (user, other) = (await _bed.Server.CreateUserAsync(), await _bed.Server.CreateUserAsync());
        var video = await MakeAsync(user);
        await MakeAsync(other);
        using var deleted = await user.Http.DeleteAsync($"/v1/videos/{video}", Ct);
        await _bed.ScalarAsync<Guid>("UPDATE library.assets SET deleted_at = now() - interval '31 days' WHERE id = $1 RETURNING id", Guid.ParseExact(video["video_".Length..], "N"));

        await RunAsync<LibraryPurge>();
        await CollectAsync();

        Assert.Empty(Files(user));
        Assert.Equal(3, Files(other).Length);
        Assert.Equal(1, await _bed.ScalarAsync<long>("SELECT count(*) FROM video.videos WHERE $1::uuid IS NOT NULL", Guid.Empty));
    }

    [Fact]
    public async Task A_user_who_leaves_leaves_no_prompt_and_no_file_behind()
    {
        var user = await _bed.Server.CreateUserAsync();
        await MakeAsync(user);
        await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "[never]" });
        using var leave = new HttpRequestMessage(HttpMethod.Delete, "/api/auth/me") { Content = System.Net.Http.Json.JsonContent.Create(new { password = user.Password }) };
        using var left = await user.Http.SendAsync(leave, Ct);
        Assert.True(left.IsSuccessStatusCode, await left.Content.ReadAsStringAsync(Ct));

        await CollectAsync();

        Assert.Equal(0, await _bed.ScalarAsync<long>("SELECT count(*) FROM video.videos WHERE $1::uuid IS NOT NULL", Guid.Empty));
        Assert.Equal(0, await _bed.ScalarAsync<long>("SELECT count(*) FROM generations.generations WHERE $1::uuid IS NOT NULL", Guid.Empty));
        Assert.Empty(Files(user));
    }

    /// <summary>With a first frame; returns its id.</summary>
    private static async Task<string> MakeAsync(TestUser user)
    {
        var video = await VideoBed.OrderAsync(user.Http, new { model = "veo3_fast", prompt = "It moves", input_reference = new { image_url = Png } });
        Assert.Equal("completed", (await VideoBed.EndAsync(user.Http, video)).GetProperty("status").GetString());
        return video.GetProperty("id").GetString()!;
    }

    private string[] Files(TestUser user)
    {
        var folder = Path.Combine(_bed.Server.DataFolder, "media", "video", $"{user.Id:N}");
        return Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
    }

    /// <summary>With all files old enough to be nobody's.</summary>
    private Task CollectAsync()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(_bed.Server.DataFolder, "media"), "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        return RunAsync<OrphanCollector>();
    }

    private Task RunAsync<T>() => _bed.Server.Services.GetServices<AIMake.Platform.Scheduling.IRecurringJob>().Single(j => j is T).RunOnceAsync(Ct);
}
