using System.Globalization;
using System.Text;

namespace AIMake.Credits;

/// <summary>
/// A statement for a spreadsheet, written as it is read. A cell that a spreadsheet would take for a formula gets an
/// apostrophe before it; figures are ours and stay figures.
/// </summary>
internal sealed class EntriesCsv(IAsyncEnumerable<CreditEntryView> entries) : IResult
{
    public const string MediaType = "text/csv";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = $"{MediaType}; charset=utf-8";
        response.Headers.ContentDisposition = "attachment; filename=\"credits.csv\"";
        // The mark tells spreadsheets that this is UTF-8.
        await using var writer = new StreamWriter(response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync("id,time,kind,credits,generation,description,source");
        await foreach (var entry in entries.WithCancellation(httpContext.RequestAborted))
        {
            await writer.WriteLineAsync(Line(entry));
        }
    }

    internal static string Line(CreditEntryView entry) => string.Join(
        ',',
        entry.Id,
        entry.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        Cell(entry.Kind),
        entry.Amount.ToString(),
        entry.GenerationId?.ToString() ?? "",
        Cell(entry.Description),
        Cell(entry.Source));

    internal static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        // Full-width signs too: spreadsheets in Chinese and Japanese read them as formulas.
        var safe = text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '|' or '＝' or '＋' or '－' or '＠' ? $"'{text}" : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n;\t'") >= 0 ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    /// <summary>True when the caller asks for this form by name.</summary>
    public static bool IsWanted(HttpRequest request) =>
        request.GetTypedHeaders().Accept is { } accept && accept.Any(a => a.Quality is not 0 && a.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase));
}
