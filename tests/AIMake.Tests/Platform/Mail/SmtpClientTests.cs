extern alias simulator;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AIMake.Platform.Mail;
using simulator::AIMake.Simulator.Smtp;

namespace AIMake.Tests.Platform.Mail;

/// <summary>Our client against the simulator's mail server, which takes what it is given literally.</summary>
public sealed class SmtpClientTests : IAsyncLifetime
{
    private static readonly MailAddress From = MailAddress.Parse("AIMake <hello@example.com>")!;
    private static readonly MailAddress To = MailAddress.Parse("reader@example.org")!;
    private readonly SmtpReceiver _receiver = new(TimeProvider.System);
    private readonly SmtpClient _client = new(TimeProvider.System, (_, _, _, _) => true);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _receiver.StartAsync(Ct);

    public async ValueTask DisposeAsync()
    {
        await _receiver.StopAsync(CancellationToken.None);
        _receiver.Dispose();
    }

    [Fact]
    public async Task A_mail_arrives_as_it_was_written()
    {
        var mail = new MailMessage("reader@example.org", null, "请确认 your address", "Hello,\n\n.\n..two dots\n\nhttps://example.com/x#token=abc\n");
        var id = Guid.CreateVersion7();

        var result = await _client.SendAsync(Server(), From, To, MailText.Write(mail, From, To, id, DateTimeOffset.UnixEpoch), Ct);

        Assert.Equal(new MailResult(MailFate.Taken, "data", 250), result);
        var got = Assert.Single(_receiver.Mails);
        Assert.Equal(("hello@example.com", mail.Subject, mail.Text, $"<{id:N}@example.com>"), (got.From, got.Subject, got.Text, got.MessageId));
        Assert.Equal(["reader@example.org"], got.To);
    }

    [Fact]
    public async Task Lines_that_begin_with_a_dot_do_not_end_the_mail()
    {
        await _client.SendAsync(Server(), From, To, ".first\r\nSubject: x\r\n\r\n.\r\n.hidden\r\nMAIL FROM:<evil@example.com>\r\n", Ct);

        Assert.Equal(".first\r\nSubject: x\r\n\r\n.\r\n.hidden\r\nMAIL FROM:<evil@example.com>\r\n", Assert.Single(_receiver.Mails).Raw);
    }

    [Theory]
    [InlineData(451, MailFate.Later)]
    [InlineData(550, MailFate.Refused)]
    internal async Task Whether_another_try_helps_is_told_by_the_code(int code, MailFate fate)
    {
        _receiver.Manners.Recipients.Enqueue(code);

        Assert.Equal(new MailResult(fate, "to", code), await _client.SendAsync(Server(), From, To, "Subject: x\r\n\r\nx\r\n", Ct));
        Assert.Empty(_receiver.Mails);
    }

    [Fact]
    public async Task A_server_that_offers_encryption_gets_nothing_in_the_clear()
    {
        using var certificate = Certificate();
        _receiver.Manners.Certificate = certificate;
        _receiver.Manners.Credentials = ("someone", "p@ss:wörd");

        var result = await _client.SendAsync(Server() with { User = "someone", Password = "p@ss:wörd" }, From, To, "Subject: x\r\n\r\nx\r\n", Ct);

        Assert.Equal(MailFate.Taken, result.Fate);
        Assert.True(Assert.Single(_receiver.Mails).Encrypted);
    }

    [Fact]
    public async Task A_certificate_nobody_vouches_for_gets_neither_mail_nor_password()
    {
        using var certificate = Certificate();
        _receiver.Manners.Certificate = certificate;

        var result = await new SmtpClient(TimeProvider.System).SendAsync(Server(), From, To, "Subject: x\r\n\r\nx\r\n", Ct);

        Assert.Equal((MailFate.Later, "tls"), (result.Fate, result.Stage));
        Assert.Empty(_receiver.Mails);
    }

    [Fact]
    public async Task What_is_slipped_in_ahead_of_the_encryption_ends_the_conversation()
    {
        using var certificate = Certificate();
        _receiver.Manners.Certificate = certificate;
        _receiver.Manners.InjectBeforeTls = true;

        var result = await _client.SendAsync(Server(), From, To, "Subject: x\r\n\r\nx\r\n", Ct);

        Assert.Equal((MailFate.Later, "tls", 0), (result.Fate, result.Stage, result.Code));
        Assert.Empty(_receiver.Mails);
    }

    [Fact]
    public async Task A_wrong_password_is_the_operators_to_mend_and_the_mail_waits()
    {
        _receiver.Manners.Credentials = ("someone", "right");

        Assert.Equal(new MailResult(MailFate.Later, "auth", 535), await _client.SendAsync(Server() with { User = "someone", Password = "wrong" }, From, To, "x\r\n", Ct));
    }

    [Fact]
    public async Task Where_nobody_listens_the_mail_waits()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        Assert.Equal(new MailResult(MailFate.Later, "connect", 0), await _client.SendAsync(Server() with { Port = port }, From, To, "x\r\n", Ct));
    }

    [Theory]
    [InlineData("smtp://user:p%40ss@mail.example.com", "mail.example.com", 587, false, "user", "p@ss")]
    [InlineData("smtps://mail.example.com", "mail.example.com", 465, true, null, null)]
    [InlineData("smtp://127.0.0.1:2525", "127.0.0.1", 2525, false, null, null)]
    public void The_setting_is_read(string url, string host, int port, bool tls, string? user, string? password) =>
        Assert.Equal(new SmtpServer(host, port, tls, user, password), SmtpServer.Parse(url));

    [Theory]
    [InlineData("mail.example.com:587")]
    [InlineData("http://mail.example.com")]
    [InlineData("smtp://user@mail.example.com")]
    [InlineData("smtp://mail.example.com/path")]
    public void A_setting_that_cannot_be_read_is_none(string url) => Assert.Null(SmtpServer.Parse(url));

    [Fact]
    public void A_mail_server_elsewhere_needs_a_sender_and_the_address_links_begin_with()
    {
        var fault = Assert.Throws<AIMake.Platform.Settings.SettingsException>(() => AIMakeServer.Build(["--Mail:Url", "smtps://mail.example.com"]));

        Assert.Contains("MAIL_FROM: is needed with SMTP_URL", fault.Message, StringComparison.Ordinal);
        Assert.Contains("AIMAKE_PUBLIC_URL: is needed with SMTP_URL", fault.Message, StringComparison.Ordinal);
    }

    private SmtpServer Server() => new("127.0.0.1", _receiver.Port, Implicit: false, User: null, Password: null);

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
