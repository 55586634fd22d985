using System.Globalization;
using System.Text;

namespace AIMake.Platform.Mail;

/// <summary>A mail: plain text, in the reader's language.</summary>
/// <param name="To">Address.</param>
/// <param name="UserId">Whose mail it is: it is dropped when they leave. Null where it must still go out then.</param>
/// <param name="Text">Lines end in <c>\n</c>.</param>
internal sealed record MailMessage(string To, Guid? UserId, string Subject, string Text)
{
    public override string ToString() => "MailMessage"; // it may carry a link that opens an account
}

/// <summary>Writes a mail as it travels: RFC 5322 with RFC 2047 words in the header and a body in base64.</summary>
internal static class MailText
{
    private const int LineBytes = 57; // 76 characters of base64

    /// <param name="id">The same at every try, so that a receiver can tell a copy.</param>
    public static string Write(MailMessage mail, MailAddress from, MailAddress to, Guid id, DateTimeOffset at)
    {
        var text = new StringBuilder();
        Header("From", from.Name.Length > 0 ? $"{Words(from.Name)} <{from.Address}>" : from.Address);
        Header("To", to.Address);
        Header("Subject", Words(mail.Subject));
        Header("Date", at.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " +0000");
        Header("Message-ID", $"<{id:N}@{from.Domain}>");
        Header("Auto-Submitted", "auto-generated"); // RFC 3834: nobody's holiday note answers it
        Header("MIME-Version", "1.0");
        Header("Content-Type", "text/plain; charset=utf-8");
        Header("Content-Transfer-Encoding", "base64");
        text.Append("\r\n");
        foreach (var line in Encoding.UTF8.GetBytes(mail.Text.ReplaceLineEndings("\r\n")).Chunk(LineBytes))
        {
            text.Append(Convert.ToBase64String(line)).Append("\r\n");
        }

        return text.ToString();

        void Header(string name, string value) => text.Append(name).Append(": ").Append(value).Append("\r\n");
    }

    /// <summary>Printable ASCII as it is; anything else as encoded words of whole characters, lines of 78 at most. Control characters become spaces.</summary>
    public static string Words(string text)
    {
        var clean = string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
        if (clean.All(c => c is >= ' ' and <= '~') && !clean.Contains("=?", StringComparison.Ordinal) && clean.AsSpan().IndexOfAny("\"<>(),;:@\\[]") < 0)
        {
            return clean;
        }

        var words = new List<string>();
        var word = new List<byte>();
        foreach (var rune in clean.EnumerateRunes())
        {
            var bytes = Encoding.UTF8.GetBytes(rune.ToString());
            if (word.Count + bytes.Length > 42) // 56 characters of base64, the marks around them, and the header's name
            {
                words.Add(Encoded(word));
                word.Clear();
            }

            word.AddRange(bytes);
        }

        words.Add(Encoded(word));
        return string.Join("\r\n ", words);
    }

    private static string Encoded(List<byte> bytes) => $"=?utf-8?B?{Convert.ToBase64String([.. bytes])}?=";
}
