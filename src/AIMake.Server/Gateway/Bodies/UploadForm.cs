using System.Net.Http.Headers;
using AIMake.Gateway.Idempotency;
using AIMake.Platform.Faults;
using AIMake.Providers;
using Microsoft.AspNetCore.Http.Features;

namespace AIMake.Gateway.Bodies;

/// <summary>A file of a form, in memory or in the system's temporary folder.</summary>
internal sealed class UploadedFile(string name, IFormFile file)
{
    /// <summary>The form's name for it.</summary>
    public string Name => name;

    public long Length => file.Length;

    /// <summary>Its extension alone, in a name of our own: what callers name their files is their business.</summary>
    public string FileName { get; } = "upload" + Extension(file.FileName);

    public string MimeType { get; } = MediaTypeHeaderValue.TryParse(file.ContentType, out var type) ? type.MediaType! : "application/octet-stream";

    public Stream Open() => file.OpenReadStream();

    public MediaInput ToInput()
    {
        var bytes = new byte[file.Length];
        using var stream = Open();
        stream.ReadExactly(bytes);
        return new MediaInput(bytes, MimeType, FileName);
    }

    private static string Extension(string sent)
    {
        var extension = Path.GetExtension(sent);
        return extension.Length is > 1 and <= 6 && extension.AsSpan(1).ToString().All(char.IsAsciiLetterOrDigit) ? extension.ToLowerInvariant() : "";
    }
}

/// <summary>A multipart request: its fields in order, its files.</summary>
internal sealed class UploadForm : IDisposable
{
    private const int MostFields = 200;
    private const int LongestField = 256 * 1024;

    private readonly List<Stream> _open = [];

    private UploadForm(IReadOnlyList<(string, string)> fields, IReadOnlyList<UploadedFile> files) => (Fields, Files) = (fields, files);

    public IReadOnlyList<(string Name, string Value)> Fields { get; }

    public IReadOnlyList<UploadedFile> Files { get; }

    public static async Task<Outcome<UploadForm>> ReadAsync(HttpContext context, CancellationToken ct)
    {
        if (!context.Request.HasFormContentType || context.Request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) != true)
        {
            return new Fault(FaultCodes.UnsupportedMediaType, "multipart/form-data");
        }

        IFormCollection form;
        try
        {
            var limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize ?? long.MaxValue;
            form = await context.Request.ReadFormAsync(
                new FormOptions { ValueCountLimit = MostFields, ValueLengthLimit = LongestField, MultipartBodyLengthLimit = limit, MemoryBufferThreshold = 1 << 20 }, ct);
        }
        catch (InvalidDataException)
        {
            return Fault.Invalid(new Said("the form cannot be read", "表单无法读取"));
        }

        if (form.Keys.Concat(form.Files.Select(f => f.Name)).Any(name => name.Any(char.IsControl)))
        {
            return Fault.Invalid(new Said("a part of the form has a name that no header can carry", "表单中有部分的名称包含控制字符"));
        }

        foreach (var name in form.Keys)
        {
            if (BodyRules.Forbidden.Contains(name))
            {
                return new Fault(FaultCodes.UnknownField, name) { Field = name };
            }

            if (form[name].Count > 1 && !name.EndsWith("[]", StringComparison.Ordinal))
            {
                return new Fault(FaultCodes.DuplicateField, name) { Field = name };
            }
        }

        var read = new UploadForm(
            [.. form.SelectMany(f => f.Value.Select(v => (f.Key, v ?? "")))],
            [.. form.Files.Select(f => new UploadedFile(f.Name, f))]);
        await KeyedCall.NoteAsync(context, read, ct);
        return read;
    }

    /// <summary>The same form for an upstream that calls the model by another name. Disposed with this.</summary>
    public MultipartFormDataContent ToContent(string upstreamModel)
    {
        var content = new MultipartFormDataContent();
        foreach (var (name, value) in Fields)
        {
            content.Add(Named(new StringContent(name is "model" ? upstreamModel : value) { Headers = { ContentType = null } }, name, null));
        }

        foreach (var file in Files)
        {
            var stream = file.Open();
            _open.Add(stream);
            content.Add(Named(new StreamContent(stream) { Headers = { ContentType = new(file.MimeType) } }, file.Name, file.FileName));
        }

        return content;
    }

    public void Dispose() => _open.ForEach(s => s.Dispose());

    /// <summary>Names in quotes: some compatible servers take nothing else.</summary>
    private static HttpContent Named(HttpContent content, string name, string? fileName)
    {
        content.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = Quoted(name), FileName = fileName is null ? null : Quoted(fileName) };
        return content;
    }

    private static string Quoted(string text) => $"\"{text.Replace("\"", "%22", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal)}\"";
}
