using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace AIMake.Simulator.Smtp;

/// <summary>The mails that were taken: a page for people at <c>/__mails</c>, a list for tests at <c>/__mails.json</c>.</summary>
internal static partial class MailPage
{
    public static void MapMails(this IEndpointRouteBuilder app)
    {
        app.MapGet("/__mails.json", (SmtpReceiver receiver) => Results.Json(receiver.Mails.Reverse()));
        app.MapDelete("/__mails", (SmtpReceiver receiver) =>
        {
            receiver.Clear();
            return Results.NoContent();
        });
        app.MapGet("/__mails", (SmtpReceiver receiver, HttpContext context) =>
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
            return Results.Text(Page(receiver.Mails), "text/html", Encoding.UTF8);
        });
    }

    private static string Page(IReadOnlyList<ReceivedMail> mails)
    {
        var page = new StringBuilder("""
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="5">
            <title>Mails</title>
            <style>
              :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif } body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem }
              article { border: 1px solid color-mix(in srgb, currentColor 15%, transparent); border-radius: .6rem; padding: 1rem; margin: 1rem 0 }
              h2 { font-size: 1rem; margin: 0 } p { margin: .2rem 0; opacity: .75 } pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; margin: .8rem 0 0 }
            </style>
            <h1>Mails</h1>
            """);
        page.Append(mails.Count == 0 ? "<p>None yet.</p>" : "");
        foreach (var mail in mails.Reverse())
        {
            page.Append("<article><h2>").Append(Html(mail.Subject)).Append("</h2><p>to ").Append(Html(string.Join(", ", mail.To))).Append(" · ").Append(mail.At.ToString("u"))
                .Append("</p><pre>").Append(Link().Replace(Html(mail.Text), m => $"<a href=\"{m.Value}\">{m.Value}</a>")).Append("</pre></article>");
        }

        return page.Append("</html>").ToString();
    }

    // Text first made harmless, then given its links.
    private static string Html(string text) => WebUtility.HtmlEncode(text);

    [GeneratedRegex(@"https?://[A-Za-z0-9._:/\-?=#]+")]
    private static partial Regex Link();
}
