using AIMake.Accounts;
using AIMake.Generations;
using AIMake.Library;
using AIMake.Platform.Scheduling;
using AIMake.Platform.Settings;
using AIMake.Platform.Storage;
using AIMake.Video.Making;
using AIMake.Video.Webhooks;

namespace AIMake.Video;

/// <summary>Video from words, from a first frame, from a script: ordered at vendors, watched, taken over, kept.</summary>
internal static class VideoModule
{
    public static void AddVideo(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<VideoOptions>(VideoOptions.Section);
        var services = builder.Services;
        services.AddSingleton<VideoPlanner>();
        services.AddSingleton<VideoRecorder>();
        services.AddSingleton<VideoKeeper>();
        services.AddSingleton<VideoCallbacks>();
        services.AddSingleton<VideoWakes>();
        services.AddSingleton<OrderDesk>();
        services.AddSingleton<TaskWatch>();
        services.AddSingleton<LooseTasks>();
        services.AddSingleton<IRecurringJob>(s => s.GetRequiredService<LooseTasks>());
        services.AddSingleton<IGenerationHandler, VideoHandler>();
        services.AddSingleton<IGenerationProduct, VideoProduct>();
        services.AddSingleton<VideoService>();
        services.AddSingleton<IAssetContents, VideoContents>();
        services.AddSingleton<IUserDataOwner, VideoUserData>();
        services.AddSingleton<Accounts.Export.IUserDataExport, VideoExport>();
        services.AddSingleton<IFileOwner, VideoFiles>();
    }

    public static void MapVideo(this IEndpointRouteBuilder app) => app.MapVideoNotices();
}
