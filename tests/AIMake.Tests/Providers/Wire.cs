using System.Text;

namespace AIMake.Tests.Providers;

/// <summary>Requests as a raw server saw them, and answers for it to give.</summary>
internal static class Wire
{
    /// <summary>The first line, then the headers in alphabetical order.</summary>
    public static string[] Head(string request)
    {
        var lines = request[..request.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n");
        return [lines[0], .. lines.Skip(1).Order(StringComparer.Ordinal)];
    }

    public static string Body(string request) => request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    /// <summary>The body with its letters beyond ASCII.</summary>
    public static string Utf8Body(string request) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(Body(request)));

    /// <summary>A good answer of JSON.</summary>
    public static string Json(string body) =>
        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(body))}";
}
