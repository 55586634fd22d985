using System.Text.Json;
using System.Text.RegularExpressions;

namespace AIMake.Tests.Hosting;

/// <summary>Reads the mails of a server that was started with <see cref="Setting"/>.</summary>
internal static partial class KeptMails
{
    public static readonly string[] Setting = ["--Mail:Keep", "true"];

    /// <summary>Every mail to an address, newest first.</summary>
    public static async Task<IReadOnlyList<(string Subject, string Text)>> MailsToAsync(this TestServer server, string address)
    {
        var page = await (await server.Anonymous.GetAsync("/api/dev/mails")).DataAsync();
        return [.. page.GetProperty("items").EnumerateArray().Where(m => m.GetProperty("to").GetString() == address).Select(Read)];
    }

    /// <summary>The newest mail to an address whose text holds something, as soon as there are <paramref name="count"/> of them.</summary>
    public static async Task<(string Subject, string Text)> MailAsync(this TestServer server, string address, string holds, int count = 1)
    {
        for (var deadline = Environment.TickCount64 + 20_000; ;)
        {
            var found = (await server.MailsToAsync(address)).Where(m => m.Text.Contains(holds, StringComparison.Ordinal)).ToList();
            if (found.Count >= count)
            {
                return found[0];
            }

            Assert.True(Environment.TickCount64 < deadline, $"No mail with '{holds}' came");
            await Task.Delay(20);
        }
    }

    /// <summary>The token of a mail's link.</summary>
    public static string Token(this (string Subject, string Text) mail) => TokenOfLink().Match(mail.Text).Groups[1].Value;

    private static (string, string) Read(JsonElement mail) => (mail.GetProperty("subject").GetString()!, mail.GetProperty("text").GetString()!);

    [GeneratedRegex(@"#token=([A-Za-z0-9_-]{43})")]
    private static partial Regex TokenOfLink();
}
