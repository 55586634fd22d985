using System.ComponentModel.DataAnnotations;

namespace AIMake.Platform.Telemetry;

/// <summary>What this process tells the outside about itself.</summary>
internal sealed class TelemetryOptions : IValidatableObject
{
    public const string Section = "Telemetry";

    /// <summary>Port of <c>/metrics</c> (default 9091); 0 takes a free one, -1 turns it off. Flat name <c>METRICS_PORT</c>.</summary>
    [Range(-1, 65535, ErrorMessage = "must be a port from 0 (any free one) to 65535, or -1 for none.")]
    public int MetricsPort { get; set; } = 9091;

    /// <summary>Address <c>/metrics</c> listens on (default loopback): an IP address or <c>*</c>.</summary>
    public string MetricsHost { get; set; } = "127.0.0.1";

    /// <summary>Base address of an OTLP collector; traces and metrics go there when set. Flat name <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary><c>name=value,name=value</c>, percent-encoded, sent with every export. Flat name <c>OTEL_EXPORTER_OTLP_HEADERS</c>.</summary>
    public string? OtlpHeaders { get; set; }

    /// <summary><c>http/protobuf</c> (default) or <c>grpc</c>. Flat name <c>OTEL_EXPORTER_OTLP_PROTOCOL</c>.</summary>
    public string OtlpProtocol { get; set; } = "http/protobuf";

    /// <summary>Send metrics too (default true); turn off for a collector that takes traces only, such as Sentry.</summary>
    public bool OtlpMetrics { get; set; } = true;

    /// <summary>Where crashes are reported; not used yet. Flat name <c>SENTRY_DSN</c>.</summary>
    public string? SentryDsn { get; set; }

    /// <summary>How logs are written: <c>json</c>, <c>text</c>, or <c>auto</c> (default: text on a terminal, else one JSON object per line).</summary>
    [RegularExpression("auto|json|text", ErrorMessage = "must be auto, json or text.")]
    public string LogFormat { get; set; } = "auto";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (OtlpEndpoint is not null && !(Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            yield return new("must be an http or https address, e.g. http://localhost:4318.", [nameof(OtlpEndpoint)]);
        }

        if (OtlpProtocol is not ("http/protobuf" or "grpc"))
        {
            yield return new("must be http/protobuf or grpc.", [nameof(OtlpProtocol)]);
        }

        if (MetricsHost != "*" && !System.Net.IPAddress.TryParse(MetricsHost, out _))
        {
            yield return new("must be * or an IP address.", [nameof(MetricsHost)]);
        }

        if (OtlpHeaders is not null && OtlpHeaders.Split(',').Any(pair => !pair.Contains('=')))
        {
            yield return new("must be name=value pairs with commas between.", [nameof(OtlpHeaders)]);
        }
    }
}
