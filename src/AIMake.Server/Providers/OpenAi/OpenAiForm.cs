using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace AIMake.Providers.OpenAi;

/// <summary>
/// A body in parts, with every name in quotation marks: not all servers take them without. Names of files are reduced to plain
/// letters, for they come from people.
/// </summary>
internal sealed class OpenAiForm
{
    private readonly MultipartFormDataContent _content = new($"aimake-{Guid.NewGuid():N}");

    public MultipartContent Content => _content;

    /// <summary>Adds a field, unless it has no value.</summary>
    public OpenAiForm Add(string name, string? value)
    {
        if (value is not null) Add(name, new ByteArrayContent(Encoding.UTF8.GetBytes(value)), null);
        return this;
    }

    public OpenAiForm Add(string name, double? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public OpenAiForm Add(string name, MediaInput file)
    {
        var content = new ReadOnlyMemoryContent(file.Bytes);
        if (MediaTypeHeaderValue.TryParse(file.MimeType, out var type)) content.Headers.ContentType = type;
        Add(name, content, Plain(file.FileName));
        return this;
    }

    private void Add(string name, HttpContent content, string? fileName)
    {
        content.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = $"\"{name}\"" };
        if (fileName is not null) content.Headers.ContentDisposition.FileName = $"\"{fileName}\"";
        _content.Add(content);
    }

    private static string Plain(string fileName)
    {
        var name = new string([.. fileName.TakeLast(64).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_')]);
        return name.Length > 0 ? name : "file";
    }
}
