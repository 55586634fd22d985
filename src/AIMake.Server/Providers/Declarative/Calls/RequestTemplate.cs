using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AIMake.Providers.Declarative.Calls;

/// <summary>A request with places for the values of a call.</summary>
/// <param name="Path">Behind the base address; values in it are escaped and never lead elsewhere.</param>
/// <param name="Query">Members without a value are left out.</param>
/// <param name="Body">JSON; null for none.</param>
/// <param name="Parts">A form of several parts instead of JSON; the one whose value is a file becomes a file.</param>
/// <param name="Upload">The placeholder of a file whose bytes are the body.</param>
internal sealed record RequestTemplate(
    HttpMethod Method, TemplateText Path, IReadOnlyList<(string Name, TemplateText Value)> Query,
    IReadOnlyList<(string Name, string Value)> Headers, JsonTemplate? Body, IReadOnlyList<(string Name, TemplateText Value)>? Parts, string? Upload)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public IEnumerable<string> Names =>
        Path.Names.Concat(Query.SelectMany(q => q.Value.Names)).Concat(Body?.Names ?? []).Concat(Parts?.SelectMany(p => p.Value.Names) ?? []).Concat(Upload is null ? [] : [Upload]);

    /// <exception cref="ProviderException">A value cannot stand in the address.</exception>
    public HttpRequestMessage Build(Uri baseUrl, TemplateValues values)
    {
        var query = string.Join('&', from q in Query let value = q.Value.Fill(values) where value is not null select $"{Uri.EscapeDataString(q.Name)}={Uri.EscapeDataString(value)}");
        var address = baseUrl.AbsoluteUri.TrimEnd('/') + Path.Fill(values, Segment) + (query.Length > 0 ? $"?{query}" : "");
        var message = new HttpRequestMessage(Method, address) { Content = Content(values) };
        foreach (var (name, value) in Headers) message.Headers.Add(name, value);
        return message;
    }

    private HttpContent? Content(TemplateValues values) =>
        Parts is not null ? Form(values)
        : Body is not null ? Json(values)
        : Upload is not null && values[Upload] is MediaInput file ? Bytes(file)
        : null;

    private ByteArrayContent Json(TemplateValues values)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Plain)) Body!.Write(json, values);
        var content = new ByteArrayContent(buffer.WrittenSpan.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private MultipartFormDataContent Form(TemplateValues values)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in Parts!)
        {
            if (value.Whole is { } whole && values[whole.Name!] is MediaInput file)
            {
                form.Add(Bytes(file), Quoted(name), Quoted(FileName(file.FileName)));
            }
            else if (value.Fill(values) is { } text)
            {
                form.Add(new StringContent(text), Quoted(name));
            }
        }
        return form;
    }

    private static ReadOnlyMemoryContent Bytes(MediaInput file)
    {
        var content = new ReadOnlyMemoryContent(file.Bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.TryParse(file.MimeType, out var type) ? type : new MediaTypeHeaderValue("application/octet-stream");
        return content;
    }

    /// <summary>A value inside the path: one segment, and no way up.</summary>
    private static string Segment(string value) =>
        value.Length > 0 && value.Trim('.').Length > 0
            ? Uri.EscapeDataString(value)
            : throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Caller, ProviderFaultKind.Rejected, Retryable: false, Detail: "a value cannot stand in the address"));

    private static string Quoted(string name) => $"\"{name}\"";

    /// <summary>The extension is what vendors go by; the rest of a user's file name is nobody's business.</summary>
    private static string FileName(string name)
    {
        var extension = System.IO.Path.GetExtension(name);
        return extension.Length is > 1 and <= 8 && extension.Skip(1).All(char.IsAsciiLetterOrDigit) ? $"file{extension.ToLowerInvariant()}" : "file";
    }
}
