using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;

namespace AIMake.Simulator.OpenAi;

/// <summary>Bodies in parts. The book keeps their fields as they are, and of files only name, type and length.</summary>
internal static class FormReader
{
    /// <summary>Null when it is no form.</summary>
    public static async Task<IFormCollection?> ReadAsync(OpenAiCall call)
    {
        if (!call.Context.Request.HasFormContentType) return null;
        IFormCollection form;
        try
        {
            form = await new FormFeature(call.Context.Request, new FormOptions { MultipartBodyLengthLimit = OpenAiErrors.LargestBody }).ReadFormAsync(call.Ct);
        }
        catch (InvalidDataException)
        {
            return null;
        }
        var booked = new JsonObject();
        foreach (var (name, values) in form) booked[name] = values.Count == 1 ? values[0] : new JsonArray([.. values.Select(value => (JsonNode?)value)]);
        foreach (var files in form.Files.GroupBy(file => file.Name))
            booked[files.Key] = new JsonArray([.. files.Select(file => new JsonObject { ["filename"] = file.FileName, ["type"] = file.ContentType, ["bytes"] = file.Length })]);
        call.Booked.Body = booked.ToJsonString(Formats.Plain);
        return form;
    }

    public static string? Text(this IFormCollection form, string name) => form.TryGetValue(name, out var values) ? values[0] : null;

    public static double? Number(this IFormCollection form, string name) =>
        double.TryParse(form.Text(name), CultureInfo.InvariantCulture, out var number) ? number : null;

    public static async Task<byte[]> BytesAsync(this IFormFile file, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, ct);
        return bytes.ToArray();
    }
}
