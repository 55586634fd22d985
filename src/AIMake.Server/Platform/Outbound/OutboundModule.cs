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
        builder.Services.AddSingleton(_ => new OutboundPermits(options.AllowedHosts));
        builder.Services.AddSingleton<OutboundUrls>();
        builder.Services.AddSingleton<OutboundHttp>();
    }
}
