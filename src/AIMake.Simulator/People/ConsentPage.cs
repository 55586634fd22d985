using System.Text;
using System.Text.Encodings.Web;

namespace AIMake.Simulator.People;

/// <summary>The page on which somebody says who they are, and whether the asking site may know. Its forms come back to its own address.</summary>
internal static class ConsentPage
{
    public static Task WriteAsync(HttpContext context, string service, string client)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        return context.Response.WriteAsync(Html(service, client), context.RequestAborted);
    }

    /// <summary>For what a real service would show instead of sending the browser back.</summary>
    public static Task RefuseAsync(HttpContext context, string why)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(why, context.RequestAborted);
    }

    private static string Html(string service, string client)
    {
        var page = new StringBuilder($"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>Sign in to {Text(service)} (simulated)</title>
            <style>
              :root {"{"} color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif {"}"}
              body {"{"} max-width: 26rem; margin: 3rem auto; padding: 0 1rem {"}"}
              form {"{"} margin: .6rem 0 {"}"} button, input {"{"} font: inherit; padding: .5rem .7rem; width: 100%; box-sizing: border-box {"}"}
              label {"{"} display: block; margin: .4rem 0 {"}"} input[type=checkbox] {"{"} width: auto {"}"}
            </style>
            <h1>{Text(service)} <small>(simulated)</small></h1>
            <p><b>{Text(client)}</b> wants to know who you are.</p>
            """);
        foreach (var person in SimulatedPerson.Known)
        {
            page.Append($"""

                <form method="post"><input type="hidden" name="login" value="{Text(person.Login)}">
                <button name="decision" value="allow">Continue as {Text(person.Login)}{(person.Verified ? "" : " (address not verified)")}</button></form>
                """);
        }
        return page.Append("""

            <form method="post"><details><summary>Somebody else</summary>
            <label>Login <input name="login" required pattern="[A-Za-z0-9\-]+"></label>
            <label>Name <input name="name"></label>
            <label>E-mail <input name="email" type="email"></label>
            <label><input name="verified" type="checkbox" value="true" checked> address verified</label>
            <button name="decision" value="allow">Continue</button></details></form>
            <form method="post"><button name="decision" value="deny">Cancel</button></form>
            </html>
            """).ToString();
    }

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
