using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AIMake.Platform.Telemetry;

/// <summary>
/// Answers <c>/metrics</c> on a port of its own, away from the public one. It starts after the server is up; a port that is
/// taken (a second node on the same machine) costs a warning, not the start.
/// </summary>
internal sealed class MetricsServer(MetricBook book, TelemetryOptions options, IHostApplicationLifetime lifetime, ILogger<MetricsServer> log) : IHostedService
{
    private readonly TaskCompletionSource<Uri?> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication? _app;
    private Task _starting = Task.CompletedTask;

    /// <summary>Where it listens, once it does; null when it could not.</summary>
    public Task<Uri?> Address => _address.Task;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        book.Start();
        lifetime.ApplicationStarted.Register(() => _starting = Task.Run(() => ListenAsync(lifetime.ApplicationStopping)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _starting;
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        try
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "metrics" });
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxConcurrentConnections = 20;
                kestrel.Listen(options.MetricsHost == "*" ? IPAddress.Any : IPAddress.Parse(options.MetricsHost), options.MetricsPort);
            });
            var app = builder.Build();
            app.Run(context =>
            {
                if (context.Request.Path != "/metrics" || !HttpMethods.IsGet(context.Request.Method))
                {
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                }

                context.Response.ContentType = PrometheusText.ContentType;
                return context.Response.WriteAsync(PrometheusText.Write(book));
            });
            _app = app;
            await app.StartAsync(ct);
            _address.SetResult(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            TelemetryLog.MetricsOff(log, options.MetricsPort, e.Message);
            _address.TrySetResult(null);
        }
    }
}
