using System.Net;
using AIMake.Platform.Settings;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AIMake.Platform.Http;

/// <summary>Kestrel and its limits, JSON, errors, compression, other sites' pages.</summary>
internal static class Door
{
    private static readonly string[] Compressed =
        ["application/json", "text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/manifest+json", "text/plain", "text/vtt"];

    public static void AddDoor(this WebApplicationBuilder builder, HttpOptions http)
    {
        var services = builder.Services;
        builder.WebHost.ConfigureKestrel(kestrel => Limit(kestrel, http));
        services.ConfigureHttpJsonOptions(o => JsonFaults.Configure(o.SerializerOptions));
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true); // so that ExceptionMapper gives it a code and a field
        services.AddExceptionHandler<ExceptionMapper>();
        services.AddProblemDetails();
        services.AddResponseCompression(o =>
        {
            // Answers of /api/auth hold tokens and are left out by the pipeline; nothing else mixes secrets with what an attacker writes.
            o.EnableForHttps = true;
            o.MimeTypes = Compressed;
        });
        builder.AddSettings<RateLimitOptions>(RateLimitOptions.Section);
        services.AddSingleton<LocalRateBuckets>();
        services.AddSingleton<IRateBuckets>(s => s.GetRequiredService<LocalRateBuckets>());
        services.AddSingleton<RateLimits>();
        if (http.CorsOrigins.Length > 0)
        {
            services.AddCors(o => o.AddDefaultPolicy(p => p
                .WithOrigins([.. http.CorsOrigins.Select(origin => origin.ToLowerInvariant())])
                .WithMethods("GET", "POST", "PUT", "DELETE")
                .WithHeaders("Authorization", "x-api-key", "api-key", "Content-Type", "Idempotency-Key", "Accept-Language", "Last-Event-ID", "Prefer", RequestIds.Header)
                .WithExposedHeaders(RequestIds.Header, CreditsHeader.Name, "Retry-After", "ETag", "Content-Disposition")
                .SetPreflightMaxAge(TimeSpan.FromHours(1))));
        }
    }

    private static void Limit(KestrelServerOptions kestrel, HttpOptions http)
    {
        kestrel.AddServerHeader = false;
        kestrel.RequestHeaderEncodingSelector = _ => System.Text.Encoding.Latin1; // any bytes: whoever reads a header says what may stand in it
        kestrel.Limits.MaxRequestBodySize = http.MaxBodyBytes;
        kestrel.Limits.RequestHeadersTimeout = http.HeadersTimeout;
        kestrel.Limits.MaxConcurrentConnections = http.MaxConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = http.MaxConnections;
        if (http.Host == "*")
        {
            kestrel.ListenAnyIP(http.Port);
        }
        else
        {
            kestrel.Listen(IPAddress.Parse(http.Host), http.Port);
        }
    }
}
