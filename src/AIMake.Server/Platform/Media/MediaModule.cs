using AIMake.Platform.Processes;
using AIMake.Platform.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AIMake.Platform.Media;

/// <summary>ffmpeg and the encoders.</summary>
internal static class MediaModule
{
    public static void AddMedia(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<MediaOptions>(MediaOptions.Section);
        var services = builder.Services;
        services.TryAddSingleton<ChildProcesses>();
        services.AddSingleton<FfmpegProcesses>();
        services.AddSingleton<AudioEncoders>();
        services.AddSingleton<FinishedFiles>();
        services.AddSingleton<MediaProbe>();
        services.AddSingleton<VideoProbe>();
    }
}
