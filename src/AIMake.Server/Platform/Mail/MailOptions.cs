using System.ComponentModel.DataAnnotations;
using System.Net;

namespace AIMake.Platform.Mail;

/// <summary>Settings <c>Mail:*</c>: the server that takes our mails.</summary>
internal sealed class MailOptions : IValidatableObject
{
    public const string Section = "Mail";

    /// <summary>
    /// <c>smtp://user:password@host:587</c> (encrypted by STARTTLS, which is insisted on unless the host is this machine) or
    /// <c>smtps://user:password@host:465</c>. None: mails are not sent. Flat name <c>SMTP_URL</c>.
    /// </summary>
    public string? Url { get; set; }

    /// <summary>Who the mails are from: <c>AIMake &lt;hello@example.com&gt;</c> or an address alone. Flat name <c>MAIL_FROM</c>.</summary>
    public string? From { get; set; }

    /// <summary>
    /// Without a mail server, keeps mails in the database and shows them at <c>GET /api/dev/mails</c> to this machine. For development: whoever
    /// reads them gets into every account.
    /// </summary>
    public bool Keep { get; set; }

    /// <summary>How long a mail is tried when the mail server does not take it (default 1 day).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00", ErrorMessage = "must be between 1 minute and 30 days.")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Whether mails go anywhere.</summary>
    public bool IsOn => SendsOut || Keep;

    public bool SendsOut => Url is { Length: > 0 };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (SendsOut && SmtpServer.Parse(Url!) is null)
        {
            yield return new("must be smtp://user:password@host:587 or smtps://user:password@host:465; escape special characters of the password.", [nameof(Url)]);
        }

        if (SendsOut && string.IsNullOrEmpty(From))
        {
            yield return new("is needed with SMTP_URL, e.g. AIMake <hello@example.com>.", [nameof(From)]);
        }

        if (!string.IsNullOrEmpty(From) && MailAddress.Parse(From) is null)
        {
            yield return new("must be an address such as hello@example.com, or AIMake <hello@example.com>.", [nameof(From)]);
        }
    }
}

/// <summary>Where mails are handed over.</summary>
/// <param name="Implicit">Encrypted from the first byte; otherwise by STARTTLS.</param>
internal sealed record SmtpServer(string Host, int Port, bool Implicit, string? User, string? Password)
{
    /// <summary>A server on this machine may be spoken to without encryption.</summary>
    public bool IsHere => Host == "localhost" || (IPAddress.TryParse(Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    public static SmtpServer? Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("smtp" or "smtps") || uri.Host.Length == 0 || uri.PathAndQuery is not ("" or "/"))
        {
            return null;
        }

        var implicitTls = uri.Scheme == "smtps";
        var credentials = uri.UserInfo.Split(':', 2);
        var (user, password) = credentials is [{ Length: > 0 } name, var secret] ? (Uri.UnescapeDataString(name), Uri.UnescapeDataString(secret)) : (null, null);
        return uri.UserInfo.Length > 0 && user is null || $"{user}{password}".Contains('\0', StringComparison.Ordinal)
            ? null
            : new SmtpServer(uri.Host, uri.Port > 0 ? uri.Port : implicitTls ? 465 : 587, implicitTls, user, password);
    }

    /// <summary>Never the password.</summary>
    public override string ToString() => $"{Host}:{Port}";
}
