using AIMake.Platform.Settings;

namespace AIMake.Platform.Telemetry;

/// <summary>Logs, metrics, traces.</summary>
internal static class TelemetryModule
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var options = builder.AddSettings<TelemetryOptions>(TelemetryOptions.Section);
        if (options.MetricsPort >= 0)
        {
            builder.Services.AddSingleton<MetricBook>();
            builder.Services.AddSingleton<MetricsServer>();
            builder.Services.AddHostedService(s => s.GetRequiredService<MetricsServer>());
        }

        if (options.OtlpEndpoint is not null)
        {
            AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
            builder.Services.AddHostedService<OtlpExport>();
        }

        builder.Logging.ClearProviders();
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        if (options.LogFormat == "text" || (options.LogFormat == "auto" && !Console.IsErrorRedirected))
        {
            builder.Logging.AddSimpleConsole(o =>
            {
                o.SingleLine = true;
                o.TimestampFormat = "HH:mm:ss ";
            });
        }
        else
        {
            builder.Logging.AddJsonConsole(o =>
            {
                o.UseUtcTimestamp = true;
                o.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
    }
}
