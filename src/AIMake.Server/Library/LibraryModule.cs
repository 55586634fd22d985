using AIMake.Accounts;
using AIMake.Generations;
using AIMake.Platform.Scheduling;
using AIMake.Platform.Storage;

namespace AIMake.Library;

/// <summary>What was made: list, search, tags, download, delete and restore.</summary>
internal static class LibraryModule
{
    public static void AddLibrary(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton<AssetLinks>();
        builder.Services.AddSingleton<LibraryService>();
        builder.Services.AddSingleton<IRecurringJob, LibraryPurge>();
        builder.Services.AddSingleton<IFileOwner, AssetFiles>();
        builder.Services.AddSingleton<IGenerationAssets, GenerationAssets>();
        builder.Services.AddSingleton<IUserDataOwner, LibraryUserData>();
        builder.Services.AddSingleton<Accounts.Export.IUserDataExport, LibraryExport>();
    }
}
