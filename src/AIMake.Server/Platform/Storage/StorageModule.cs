using AIMake.Platform.Settings;

namespace AIMake.Platform.Storage;

/// <summary>Chooses where files are kept.</summary>
internal static class StorageModule
{
    public static void AddStorage(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<StorageOptions>(StorageOptions.Section);
        builder.Services.AddSingleton<IFileStore, LocalFileStore>();
    }
}
