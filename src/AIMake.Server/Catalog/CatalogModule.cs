using AIMake.Providers;

namespace AIMake.Catalog;

/// <summary>What can be made here, by whom and for how much.</summary>
internal static class CatalogModule
{
    public static void AddCatalog(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<CatalogOptions>()
            .Bind(builder.Configuration.GetSection(CatalogOptions.Section))
            .PostConfigure<IConfiguration>((o, c) => o.Path = string.IsNullOrWhiteSpace(o.Path) ? c["CATALOG_PATH"] : o.Path);
        builder.Services.AddSingleton(s => ActivatorUtilities.CreateInstance<LiveCatalog>(
            s, s.GetServices<ISpeechProvider>().Select(p => p.Name).ToHashSet(StringComparer.Ordinal)));
    }
}
