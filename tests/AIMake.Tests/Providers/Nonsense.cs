using AIMake.Providers;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers;

/// <summary>
/// Answers no vendor should give, for adapters that expect JSON. None of them may become anything but a
/// <see cref="ProviderException"/> of the right kind.
/// </summary>
internal static class Nonsense
{
    /// <summary>Their names, for <c>[MemberData]</c>.</summary>
    public static TheoryData<string> Names => [.. Answers.Keys];

    private static readonly Dictionary<string, (ProviderFaultKind Kind, Func<RawServer.Connection, Task> Answer)> Answers = new()
    {
        ["a page of HTML"] = (ProviderFaultKind.InvalidResponse, Say(Ok("text/html", "<html><body>Welcome</body></html>"))),
        ["an error page of HTML"] = (ProviderFaultKind.ServerError, Say("HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>")),
        ["half of an object"] = (ProviderFaultKind.InvalidResponse, Say(Ok("application/json", "{\"id\":\"x\",\"sta"))),
        ["a text"] = (ProviderFaultKind.InvalidResponse, Say(Ok("application/json", "\"words\""))),
        ["null"] = (ProviderFaultKind.InvalidResponse, Say(Ok("application/json", "null"))),
        ["numbers"] = (ProviderFaultKind.InvalidResponse, Say(Ok("application/json", "[1,2]"))),
        ["an empty object"] = (ProviderFaultKind.InvalidResponse, Say(Ok("application/json", "{}"))),
        ["members of other types"] = (ProviderFaultKind.InvalidResponse, Say(Ok("application/json", "{\"id\":7,\"status\":[],\"Response\":\"x\",\"audio_base64\":{},\"data\":3,\"voices\":{},\"code\":\"x\"}"))),
        ["half a surrogate pair"] = (ProviderFaultKind.InvalidResponse, Say(Ok("application/json", "{\"id\":\"\\ud83d\",\"status\":\"\\ud83d\",\"audio_base64\":\"\\ud83d\"}"))),
        ["bytes that are not UTF-8"] = (ProviderFaultKind.InvalidResponse, Say(Ok("application/json", "{\"id\":\"\xff\xfe\"}"))),
        ["ten thousand brackets"] = (ProviderFaultKind.InvalidResponse, Say(Ok("application/json", new string('[', 10_000)))),
        ["nothing"] = (ProviderFaultKind.InvalidResponse, Say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")),
        ["something not packed as it says"] = (ProviderFaultKind.InvalidResponse, Say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 16\r\n\r\nnot gzip at all.")),
        ["a header of ten megabytes"] = (ProviderFaultKind.InvalidResponse, HugeHeader),
        ["a body without end"] = (ProviderFaultKind.InvalidResponse, Endless),
        ["a redirect"] = (ProviderFaultKind.Redirected, Say("HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example.com/\r\nContent-Length: 0\r\n\r\n")),
        ["another protocol"] = (ProviderFaultKind.InvalidResponse, Say("SSH-2.0-OpenSSH_9.2\r\n\r\n")),
        ["a broken-off answer"] = (ProviderFaultKind.Interrupted, Say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"id\":\"x\"")),
    };

    public static RawServer Serve(string name) => new(Answers[name].Answer);

    /// <summary>Lets an adapter meet an answer and checks what it makes of it.</summary>
    /// <param name="call">Calls the adapter at that host.</param>
    public static async Task MeetAsync(string name, Func<string, Task> call)
    {
        await using var server = Serve(name);

        var fault = (await Assert.ThrowsAsync<ProviderException>(() => call(server.Host))).Fault;

        Assert.Equal(Answers[name].Kind, fault.Kind);
        Assert.Equal(1, server.Connects);
    }

    private static Func<RawServer.Connection, Task> Say(string answer) => connection => connection.SendAsync(answer);

    private static string Ok(string type, string body) => $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static async Task HugeHeader(RawServer.Connection connection)
    {
        await connection.SendAsync("HTTP/1.1 200 OK\r\nX-Long: ");
        for (var i = 0; i < 160; i++) await connection.SendAsync(new string('a', 65_536));
        await connection.SendAsync("\r\n\r\n");
    }

    private static async Task Endless(RawServer.Connection connection)
    {
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"id\":\"");
        var more = new string('a', 1 << 20);
        while (true) await connection.SendAsync(more);
    }
}
