using System.Collections.Concurrent;
using System.Net;
using System.Text;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AIMake.Tests.Platform.Telemetry;

public sealed class OtlpExportTests
{
    [Fact]
    public async Task Traces_and_metrics_reach_the_collector_with_its_headers_and_without_queries()
    {
        var received = new ConcurrentDictionary<string, (string Body, string? Auth)>();
        await using var collector = await CollectorAsync(received);
        await using (var app = await TestApp.StartAsync(settings:
            [$"--Telemetry:OtlpEndpoint={collector.Urls.First()}/base", "--Telemetry:OtlpHeaders=x-sentry-auth=sentry sentry_key=PUBLIC"]))
        {
            using var answer = await app.Client.GetAsync("/health?secret=canary-in-query");
        }

        Assert.Equal(["/base/v1/metrics", "/base/v1/traces"], received.Keys.Order());
        var (traces, auth) = received["/base/v1/traces"];
        Assert.Equal("sentry sentry_key=PUBLIC", auth);
        Assert.Contains("GET /health", traces, StringComparison.Ordinal);
        Assert.Contains("aimake", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-in-query", traces, StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", received["/base/v1/metrics"].Body, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> CollectorAsync(ConcurrentDictionary<string, (string Body, string? Auth)> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.AddOrUpdate(
                context.Request.Path.Value!,
                (Encoding.Latin1.GetString(body.ToArray()), context.Request.Headers["x-sentry-auth"]),
                (_, before) => (before.Body + Encoding.Latin1.GetString(body.ToArray()), before.Auth));
        });
        await app.StartAsync();
        return app;
    }
}
