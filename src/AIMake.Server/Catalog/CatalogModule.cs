using AIMake.Catalog.Changes;
using AIMake.Credits;
using AIMake.Platform.Settings;

namespace AIMake.Catalog;

/// <summary>What can be made here, by whom and for how much. Whoever brings providers registers <see cref="OfferedProviders"/> and their <see cref="IVoiceSource"/>s.</summary>
internal static class CatalogModule
{
    public static void AddCatalog(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<CatalogOptions>(CatalogOptions.Section);
        builder.Services.AddSingleton<LiveCatalog>();
        builder.Services.AddSingleton<IPlanAllowances, CatalogPlans>();
        builder.Services.AddSingleton<CatalogChanges>();
        builder.Services.AddSingleton<ICatalogOverrides>(s => s.GetRequiredService<CatalogChanges>());
        builder.Services.AddHostedService<CatalogChangesWatch>();
    }
}
