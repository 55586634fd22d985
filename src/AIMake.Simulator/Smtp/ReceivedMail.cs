using System.Text;
using System.Text.RegularExpressions;

namespace AIMake.Simulator.Smtp;

/// <summary>A mail as it was taken.</summary>
/// <param name="From">Envelope sender.</param>
/// <param name="To">Envelope recipients.</param>
/// <param name="Raw">Header and body as they came, less the dots that escape dots.</param>
internal sealed partial record ReceivedMail(DateTimeOffset At, string From, IReadOnlyList<string> To, string Subject, string Text, string MessageId, bool Encrypted, string Raw)
{
    public static ReceivedMail Read(string from, IReadOnlyList<string> to, string raw, bool encrypted, DateTimeOffset at)
    {
        var end = raw.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var header = (end < 0 ? raw : raw[..end]).Replace("\r\n ", " ", StringComparison.Ordinal);
        var body = end < 0 ? "" : raw[(end + 4)..];
        var text = Field("Content-Transfer-Encoding") == "base64" ? Encoding.UTF8.GetString(Convert.FromBase64String(body.Replace("\r\n", "", StringComparison.Ordinal))) : body;
        return new(at, from, to, Decode(Field("Subject")), text.ReplaceLineEndings("\n"), Field("Message-ID"), encrypted, raw);

        string Field(string name) => Regex.Match(header, $"^{name}: (.*?)\r?$", RegexOptions.Multiline | RegexOptions.IgnoreCase).Groups[1].Value;
    }

    /// <summary>RFC 2047, base64 words in UTF-8; the space between two of them is none.</summary>
    private static string Decode(string text) => Word().Replace(Between().Replace(text, "?==?"), m => Encoding.UTF8.GetString(Convert.FromBase64String(m.Groups[1].Value)));

    [GeneratedRegex(@"=\?utf-8\?B\?([^?]*)\?=", RegexOptions.IgnoreCase)]
    private static partial Regex Word();

    [GeneratedRegex(@"\?=\s+=\?")]
    private static partial Regex Between();
}
