using AIMake.Platform.Scheduling;
using AIMake.Platform.Settings;

namespace AIMake.Platform.Storage;

/// <summary>Chooses where files are kept.</summary>
internal static class StorageModule
{
    public static void AddStorage(this IHostApplicationBuilder builder)
    {
        var options = builder.AddSettings<StorageOptions>(StorageOptions.Section);
        if (options.S3.IsConfigured)
        {
            builder.Services.AddSingleton<S3FileStore>();
            builder.Services.AddSingleton<IFileStore>(s => s.GetRequiredService<S3FileStore>());
            builder.Services.AddSingleton<IFileInventory>(s => s.GetRequiredService<S3FileStore>());
        }
        else
        {
            builder.Services.AddSingleton<LocalFileStore>();
            builder.Services.AddSingleton<IFileStore>(s => s.GetRequiredService<LocalFileStore>());
            builder.Services.AddSingleton<IFileInventory>(s => s.GetRequiredService<LocalFileStore>());
        }

        builder.Services.AddSingleton<IRecurringJob, OrphanCollector>();
    }
}
