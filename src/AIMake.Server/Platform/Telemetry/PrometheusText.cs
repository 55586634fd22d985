using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace AIMake.Platform.Telemetry;

/// <summary>Writes a <see cref="MetricBook"/> in Prometheus' text format 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(MetricBook book)
    {
        var text = new StringBuilder();
        foreach (var (instrument, all) in book.Read())
        {
            var name = NameOf(instrument);
            if (!string.IsNullOrEmpty(instrument.Description))
            {
                text.Append("# HELP ").Append(name).Append(' ').Append(instrument.Description.ReplaceLineEndings(" ").Replace("\\", "\\\\", StringComparison.Ordinal)).Append('\n');
            }

            text.Append("# TYPE ").Append(name).Append(' ').Append(KindOf(instrument)).Append('\n');
            foreach (var series in all)
            {
                if (series.UpperBounds is null)
                {
                    Line(text, name, series.Labels, series.Value);
                }
                else
                {
                    Histogram(text, name, series);
                }
            }
        }

        return text.ToString();
    }

    /// <summary>Tags as <c>{a="b",c="d"}</c>, sorted, so that one combination is one series.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0)
        {
            return "";
        }

        var parts = new string[tags.Length];
        for (var i = 0; i < tags.Length; i++)
        {
            parts[i] = $"{Identifier(tags[i].Key)}=\"{Escape(Convert.ToString(tags[i].Value, CultureInfo.InvariantCulture) ?? "")}\"";
        }

        Array.Sort(parts, StringComparer.Ordinal);
        return "{" + string.Join(',', parts) + "}";
    }

    private static void Histogram(StringBuilder text, string name, MetricBook.Series series)
    {
        long below = 0;
        for (var i = 0; i <= series.UpperBounds!.Length; i++)
        {
            below += series.InBucket(i);
            var bound = i < series.UpperBounds.Length ? series.UpperBounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            var labels = series.Labels.Length == 0 ? $"{{le=\"{bound}\"}}" : $"{series.Labels[..^1]},le=\"{bound}\"}}";
            Line(text, name + "_bucket", labels, below);
        }

        Line(text, name + "_sum", series.Labels, series.Value);
        Line(text, name + "_count", series.Labels, below);
    }

    private static void Line(StringBuilder text, string name, string labels, double value) =>
        text.Append(name).Append(labels).Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');

    private static string NameOf(Instrument instrument)
    {
        var name = Identifier(instrument.Name);
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", "ms" => "_milliseconds", _ => "" };
        name = name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit;
        return KindOf(instrument) == "counter" ? name + "_total" : name;
    }

    private static string KindOf(Instrument instrument)
    {
        var type = instrument.GetType().Name;
        return instrument.IsHistogram() ? "histogram"
            : type.StartsWith("Counter", StringComparison.Ordinal) || type.StartsWith("ObservableCounter", StringComparison.Ordinal) ? "counter"
            : "gauge";
    }

    private static string Identifier(string name) => string.Create(name.Length, name, static (span, text) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = char.IsAsciiLetterOrDigit(text[i]) ? text[i] : '_';
        }
    });

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings("\\n");
}
