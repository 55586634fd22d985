using System.Net;
using AIMake.Platform.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AIMake.Platform.Outbound;

/// <summary>Registers the way out.</summary>
internal static class OutboundModule
{
    public static void AddOutbound(this IHostApplicationBuilder builder)
    {
        var options = builder.AddSettings<OutboundOptions>(OutboundOptions.Section);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<OutboundResolver>(_ => Dns.GetHostAddressesAsync);
        builder.Services.AddSingleton(new OutboundPermits(options.AllowedHosts));
        builder.Services.AddSingleton<OutboundUrls>();
        builder.Services.AddSingleton<OutboundHttp>();
    }

    /// <summary>Whether an address from the settings may be called; for modules that check theirs at start, after <see cref="AddOutbound"/>.</summary>
    public static bool MayCall(this IHostApplicationBuilder builder, string url)
    {
        var permits = builder.Services.Select(service => service.ImplementationInstance).OfType<OutboundPermits>().Single();
        return new OutboundUrls(permits, Dns.GetHostAddressesAsync).Check(url).Ok;
    }
}
