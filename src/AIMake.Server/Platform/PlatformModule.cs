using System.Net;
using AIMake.Platform.Database;
using AIMake.Platform.Http;
using AIMake.Platform.Mail;
using AIMake.Platform.Outbound;
using AIMake.Platform.Redis;
using AIMake.Platform.Secrets;
using AIMake.Platform.Scheduling;
using AIMake.Platform.Settings;
using AIMake.Platform.Storage;
using AIMake.Platform.Telemetry;
using Microsoft.AspNetCore.HttpOverrides;

namespace AIMake.Platform;

/// <summary>What every module stands on, and the order a request passes it in.</summary>
internal static class PlatformModule
{
    public static ServerOptions AddPlatform(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var server = builder.AddSettings<ServerOptions>(ServerOptions.Section);
        var http = builder.AddSettings<HttpOptions>(HttpOptions.Section);
        var database = builder.AddSettings<DatabaseOptions>(DatabaseOptions.Section);
        builder.AddStorage();
        builder.AddSettings<WebOptions>(WebOptions.Section);
        builder.AddTelemetry();
        builder.AddOutbound();
        builder.AddSecrets();

        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<DataFolder>();
        services.AddSingleton<DatabaseServer>();
        services.AddHostedService(s => s.GetRequiredService<DatabaseServer>()); // first in, last out
        services.AddSingleton(s => new Database.Database(() => s.GetRequiredService<DatabaseServer>().ConnectionString, database));
        builder.AddScheduling(server);
        services.AddSingleton<Drain>();
        services.AddHostedService(s => s.GetRequiredService<Drain>());
        services.Configure<HostOptions>(o => o.ShutdownTimeout = server.ShutdownTimeout);

        builder.AddDoor(http);
        services.AddSingleton<IRecurringJob, IdempotencyPurge>();
        builder.AddRedis();
        builder.AddMail(http, server);
        return server;
    }

    public static void UsePlatform(this WebApplication app)
    {
        var http = app.Services.GetRequiredService<HttpOptions>();
        if (http.TrustedProxies.Length > 0)
        {
            app.UseForwardedHeaders(Forwarding(http));
        }

        app.UseMiddleware<ResponseHeaders>();
        app.UseMiddleware<RequestLog>();
        app.UseExceptionHandler();
        app.UseStatusFaults();
        app.UseAmbiguousLength();
        app.UseWhen(static c => !c.Request.Path.StartsWithSegments("/api/auth", StringComparison.Ordinal), a => a.UseResponseCompression());
        app.UseDrain();
        if (http.CorsOrigins.Length > 0)
        {
            app.UseCors();
        }

        app.UseWebApp();
    }

    private static ForwardedHeadersOptions Forwarding(HttpOptions http)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        foreach (var proxy in http.TrustedProxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
            {
                options.KnownProxies.Add(address);
            }
            else
            {
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
        }

        return options;
    }
}
