using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AIMake.Platform.Telemetry;

/// <summary>
/// Sends traces and metrics to an OTLP collector when one is named. Begun after the server is up; without a collector
/// nothing of OpenTelemetry is even loaded.
/// </summary>
internal sealed class OtlpExport(TelemetryOptions options, IHostApplicationLifetime lifetime, ILogger<OtlpExport> log) : IHostedService
{
    private OpenTelemetrySdk? _sdk;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => _sdk = Create());
        return Task.CompletedTask;
    }

    /// <summary>What is still held is sent, for a few seconds at most.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() => _sdk?.Dispose(), CancellationToken.None);

    private OpenTelemetrySdk Create()
    {
        TelemetryLog.Exporting(log, new Uri(options.OtlpEndpoint!).Host);
        return OpenTelemetrySdk.Create(telemetry =>
        {
            telemetry.ConfigureResource(r => r.AddService("aimake", serviceVersion: ProductVersion.Text));
            telemetry.WithTracing(t => t.AddSource(ProductMeter.Name, "Microsoft.AspNetCore", "System.Net.Http", "Npgsql").AddOtlpExporter(o => Aim(o, "traces")));
            if (options.OtlpMetrics)
            {
                telemetry.WithMetrics(m => m
                    .AddMeter(ProductMeter.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql")
                    .AddOtlpExporter((exporter, _) => Aim(exporter, "metrics")));
            }
        });
    }

    private void Aim(OtlpExporterOptions exporter, string signal)
    {
        var grpc = options.OtlpProtocol == "grpc";
        exporter.Protocol = grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;

        // An endpoint set in code is used as it stands, so the signal's path is added here.
        exporter.Endpoint = grpc ? new Uri(options.OtlpEndpoint!) : new Uri($"{options.OtlpEndpoint!.TrimEnd('/')}/v1/{signal}");
        exporter.Headers = options.OtlpHeaders;
    }
}
