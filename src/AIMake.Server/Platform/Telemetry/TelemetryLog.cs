namespace AIMake.Platform.Telemetry;

/// <summary>Messages of telemetry; ids 1070–1079.</summary>
internal static partial class TelemetryLog
{
    [LoggerMessage(1070, LogLevel.Warning, "No /metrics on port {Port}: {Reason} Set METRICS_PORT to another port, or -1 to do without")]
    public static partial void MetricsOff(ILogger log, int port, string reason);

    [LoggerMessage(1071, LogLevel.Information, "Traces and metrics go to {Host}")]
    public static partial void Exporting(ILogger log, string host);
}
