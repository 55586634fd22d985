using System.Globalization;
using System.Text.Encodings.Web;

namespace AIMake.Simulator.Hosted;

/// <summary>A plain page of the kind providers show to people who pay: in English or Chinese, at home on a phone, without scripts.</summary>
internal static class HostedPage
{
    /// <summary>Whether to speak Chinese to this browser.</summary>
    public static bool IsChinese(HttpContext context, string? locale = null) =>
        (locale is null or "auto" ? context.Request.Headers.AcceptLanguage.ToString() : locale).StartsWith("zh", StringComparison.OrdinalIgnoreCase);

    public static string Text(string? text) => HtmlEncoder.Default.Encode(text ?? "");

    /// <summary>An amount as people read it: <c>USD 19.00</c>.</summary>
    public static string Money(long minor, string currency)
    {
        currency = currency.ToUpperInvariant();
        return currency is "JPY" or "KRW" or "VND" ? $"{currency} {minor.ToString("N0", CultureInfo.InvariantCulture)}" : $"{currency} {(minor / 100m).ToString("N2", CultureInfo.InvariantCulture)}";
    }

    /// <summary>A button of a form that posts to the page itself.</summary>
    public static string Button(string what, string words, bool main = false) =>
        $"<button name=\"what\" value=\"{Text(what)}\"{(main ? " class=\"main\"" : "")}>{Text(words)}</button>";

    /// <summary>Sends the browser on; tells a program that asks for JSON where to, which may be of a kind that follows nothing.</summary>
    public static Task GoAsync(HttpContext context, string? address)
    {
        address ??= context.Request.Path.Value!;
        if (context.Request.Headers.Accept == "application/json") return context.Response.WriteAsJsonAsync(new { location = address }, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = address;
        return Task.CompletedTask;
    }

    /// <param name="body">HTML, with all that came from outside encoded.</param>
    public static Task WriteAsync(HttpContext context, bool chinese, string title, string body, int status = 200)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        // Buttons lead back to the seller by a redirect, so where forms may end is left open.
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
        response.Headers.CacheControl = "no-store";
        return response.WriteAsync($$"""
            <!doctype html>
            <html lang="{{(chinese ? "zh-CN" : "en")}}">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{{Text(title)}}</title>
            <style>
              :root { color-scheme: light dark; font: 16px/1.5 system-ui, "Noto Sans CJK SC", sans-serif }
              body { margin: 0; padding: 1.5rem 1rem; display: grid; justify-content: center; grid-template-columns: minmax(0, 26rem) }
              h1 { font-size: 1.25rem; margin: 0 0 .25rem } .sum { font-size: 1.75rem; font-variant-numeric: tabular-nums; margin: .25rem 0 1rem }
              .note { font-size: .875rem; opacity: .75 } .bad { color: light-dark(#b00020, #ff8a8a) }
              dl { display: grid; grid-template-columns: 1fr auto; gap: .25rem 1rem; margin: 0 0 1rem } dd { margin: 0; text-align: right; overflow-wrap: anywhere }
              form { display: grid; gap: .6rem; margin: 0 0 1rem } label { display: grid; font-size: .875rem; gap: .2rem }
              input, button { font: inherit; padding: .6rem .8rem; border-radius: .5rem; border: 1px solid color-mix(in srgb, currentColor 30%, transparent); background: transparent; color: inherit; min-height: 44px }
              button { cursor: pointer } button.main { background: #1f5fbf; color: #fff; border-color: transparent; font-weight: 600 }
              a { color: light-dark(#1f5fbf, #8ab6ff) }
            </style>
            <main>
            {{body}}
            </main>
            </html>
            """, context.RequestAborted);
    }
}
