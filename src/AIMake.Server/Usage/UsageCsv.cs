using System.Globalization;
using System.Text;
using AIMake.Credits;

namespace AIMake.Usage;

/// <summary>Usage for a spreadsheet: a line for each day and model.</summary>
/// <param name="creditUsd">As for <see cref="UsageRow.Figures"/>: null leaves the columns of cost out.</param>
internal sealed class UsageCsv(IReadOnlyList<UsageRow> rows, decimal? creditUsd) : IResult
{
    private const string Columns = "day,service,model,provider,calls,own_key_calls,characters,seconds,pieces,input_tokens,cached_tokens,output_tokens,credits";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = $"{EntriesCsv.MediaType}; charset=utf-8";
        response.Headers.ContentDisposition = "attachment; filename=\"usage.csv\"";
        // The mark tells spreadsheets that this is UTF-8.
        await using var writer = new StreamWriter(response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(creditUsd is null ? Columns : $"{Columns},cost_usd,margin_usd");
        foreach (var row in rows)
        {
            await writer.WriteLineAsync(Line(row));
        }
    }

    private string Line(UsageRow row)
    {
        var f = row.Figures(creditUsd);
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Period},{EntriesCsv.Cell(row.Kind)},{EntriesCsv.Cell(row.Model)},{EntriesCsv.Cell(row.Provider)},{f.Count},{f.OwnKeyCount},{f.Units.Characters},{f.Units.Seconds},{f.Units.Pieces},{f.Tokens.Input},{f.Tokens.Cached},{f.Tokens.Output},{f.Credits}");
        return creditUsd is null ? line : string.Create(CultureInfo.InvariantCulture, $"{line},{f.CostUsd:0.######},{f.MarginUsd:0.######}");
    }
}
