using System.Text;
using System.Text.RegularExpressions;
using AIMake.Platform.Mail;

namespace AIMake.Tests.Platform.Mail;

public sealed class MailTextTests
{
    private static readonly MailAddress From = MailAddress.Parse("AIMake <hello@example.com>")!;
    private static readonly MailAddress To = MailAddress.Parse("reader@example.org")!;

    [Theory]
    [InlineData("name@example.com", "", "name", "example.com")]
    [InlineData("AI 制作 <name@example.com>", "AI 制作", "name", "example.com")]
    [InlineData("\"AI Make\" <name@example.com>", "AI Make", "name", "example.com")]
    [InlineData("name@例子.测试", "", "name", "xn--fsqu00a.xn--0zwm56d")]
    [InlineData("用户@example.com", "", "用户", "example.com")]
    public void An_address_is_read(string text, string name, string local, string domain)
    {
        var address = MailAddress.Parse(text);

        Assert.NotNull(address);
        Assert.Equal((name, local, domain), (address.Name, address.Local, address.Domain));
    }

    [Theory]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("@example.com")]
    [InlineData("name@example.com\r\nBcc: all@example.com")]
    [InlineData("Name\r\nBcc: all@example.com <name@example.com>")]
    [InlineData("name@example.com>\r\nRCPT TO:<other@example.com")]
    [InlineData("<name@example.com")]
    [InlineData("name@example.com>")]
    [InlineData("a b@example.com")]
    [InlineData("name@example.com, other@example.com")]
    [InlineData("name@exa\0mple.com")]
    [InlineData("name@-bad-.com")]
    public void What_is_no_address_is_none(string text) => Assert.Null(MailAddress.Parse(text));

    [Theory]
    [InlineData("Confirm your e-mail address")]
    [InlineData("请确认您的邮箱地址：这是一个很长很长很长很长很长很长很长很长很长的主题 😀👩‍👩‍👧‍👦")]
    [InlineData("=?utf-8?B?forged?=")]
    public void A_subject_survives_the_way(string subject)
    {
        var header = Header(MailText.Write(new MailMessage("x@example.com", null, subject, "x"), From, To, Guid.CreateVersion7(), DateTimeOffset.UnixEpoch));

        Assert.All(header.Split("\r\n"), line => Assert.InRange(line.Length, 1, 78));
        Assert.All(header, c => Assert.InRange(c, '\n', '~'));
        var unfolded = Regex.Match(header.Replace("\r\n ", " ", StringComparison.Ordinal), "^Subject: (.*?)\r?$", RegexOptions.Multiline).Groups[1].Value;
        Assert.Equal(subject, Regex.Replace(Regex.Replace(unfolded, @"\?=\s+=\?", "?==?"), @"=\?utf-8\?B\?([^?]*)\?=", m => Encoding.UTF8.GetString(Convert.FromBase64String(m.Groups[1].Value))));
    }

    [Theory]
    [InlineData("Hello\r\nBcc: all@example.com")]
    [InlineData("Hello\nBcc: all@example.com")]
    [InlineData("Hello\u2028Bcc: all@example.com")]
    public void A_subject_adds_no_line_to_the_header(string subject)
    {
        var header = Header(MailText.Write(new MailMessage("x@example.com", null, subject, "x"), From, To, Guid.CreateVersion7(), DateTimeOffset.UnixEpoch));

        Assert.DoesNotContain("\r\nBcc", header, StringComparison.Ordinal);
        Assert.Equal(9, Regex.Count(header, @"(?m)^[A-Z][\w-]+: "));
    }

    [Fact]
    public void A_copy_of_a_mail_has_the_same_id_and_the_date_is_spelled_as_the_standard_has_it()
    {
        var id = Guid.Parse("019a9f6e-0000-7000-8000-000000000001");
        var text = MailText.Write(new MailMessage("x@example.com", null, "s", "Grüße, 你好\n.\nend"), From, To, id, new DateTimeOffset(2026, 11, 1, 8, 5, 9, TimeSpan.Zero));

        Assert.Contains("Message-ID: <019a9f6e000070008000000000000001@example.com>\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Date: Sun, 01 Nov 2026 08:05:09 +0000\r\n", text, StringComparison.Ordinal);
        Assert.Equal("Grüße, 你好\r\n.\r\nend", Encoding.UTF8.GetString(Convert.FromBase64String(text.Split("\r\n\r\n", 2)[1].Replace("\r\n", "", StringComparison.Ordinal))));
    }

    private static string Header(string mail) => mail.Split("\r\n\r\n", 2)[0];
}
