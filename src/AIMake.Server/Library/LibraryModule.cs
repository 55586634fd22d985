using AIMake.Accounts;
using AIMake.Generations;

namespace AIMake.Library;

/// <summary>What was made: list, search, tags, download, delete and restore.</summary>
internal static class LibraryModule
{
    public static void AddLibrary(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton<AssetLinks>();
        builder.Services.AddSingleton<LibraryService>();
        builder.Services.AddSingleton<LibraryPurge>();
        builder.Services.AddSingleton<IGenerationAssets, GenerationAssets>();
        builder.Services.AddSingleton<IUserDataOwner, LibraryUserData>();
    }
}
