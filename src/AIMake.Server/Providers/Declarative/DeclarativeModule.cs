using AIMake.Catalog;
using AIMake.Platform.Outbound;
using AIMake.Platform.Settings;

namespace AIMake.Providers.Declarative;

/// <summary>Registers providers that are described by files.</summary>
internal static class DeclarativeModule
{
    public static void AddDeclarativeProviders(this IHostApplicationBuilder builder)
    {
        var options = builder.AddSettings<DeclarativeOptions>(DeclarativeOptions.Section);
        var taken = builder.Configuration.GetSection("Providers").GetChildren().Select(section => section.Key).ToArray();
        var services = builder.Services;
        services.AddSingleton(s => new DeclarativeFolder(
            options, s.GetRequiredService<DataFolder>(), s.GetRequiredService<OutboundUrls>(), taken, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<DeclarativeFolder>>()));
        services.AddSingleton<IDeclarativeProviders>(s => s.GetRequiredService<DeclarativeFolder>());
        services.AddHostedService<DeclarativeWatch>();
        services.AddSingleton<ICatalogSource, DeclarativeCatalog>();
        services.AddSingleton<IVendor, DeclarativeVendor>();
    }
}
