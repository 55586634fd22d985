extern alias simulator;
using AIMake.Platform.Database;
using AIMake.Platform.Mail;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using simulator::AIMake.Simulator.Smtp;

namespace AIMake.Tests.Platform.Mail;

/// <summary>The mailbox in the database: what is committed is sent, once as far as SMTP allows.</summary>
public sealed class MailSenderTests : IAsyncLifetime
{
    private readonly SmtpReceiver _receiver = new(TimeProvider.System);
    private readonly ManualTime _clock = new();
    private TestServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private MailSender Sender => _server.Services.GetRequiredService<MailSender>();

    public async ValueTask InitializeAsync()
    {
        await _receiver.StartAsync(Ct);
        _server = await TestServer.StartAsync(
            ["--Mail:Url", $"smtp://127.0.0.1:{_receiver.Port}", "--Mail:From", "hello@example.com", "--role", "api"], b => b.Services.AddSingleton<TimeProvider>(_clock));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _receiver.StopAsync(CancellationToken.None);
        _receiver.Dispose();
    }

    [Fact]
    public async Task A_mail_goes_out_with_its_transaction_or_not_at_all()
    {
        await Database.TransactAsync(DbPurpose.Hot, s => PostAsync(s, "kept"), Ct);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Database.TransactAsync(DbPurpose.Hot, async s =>
        {
            await PostAsync(s, "undone");
            throw new InvalidOperationException();
        }, Ct));

        Assert.Equal(1, await Sender.SendDueAsync(Ct));
        Assert.Equal(0, await Sender.SendDueAsync(Ct));

        Assert.Equal(["kept"], _receiver.Mails.Select(m => m.Subject));
        Assert.Equal(0L, await CountAsync());
    }

    [Fact]
    public async Task A_mail_that_is_not_taken_waits_longer_each_time_and_is_given_up_after_a_day()
    {
        await Database.TransactAsync(DbPurpose.Hot, s => PostAsync(s, "late"), Ct);
        _receiver.Manners.Recipients.Enqueue(451);
        _receiver.Manners.Recipients.Enqueue(451);

        Assert.Equal(1, await Sender.SendDueAsync(Ct));
        Assert.Equal(0, await Sender.SendDueAsync(Ct));
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, await Sender.SendDueAsync(Ct));
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, await Sender.SendDueAsync(Ct));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await Sender.SendDueAsync(Ct));
        Assert.Single(_receiver.Mails);

        await Database.TransactAsync(DbPurpose.Hot, s => PostAsync(s, "never"), Ct);
        for (var tries = 0; await CountAsync() > 0; tries++)
        {
            Assert.InRange(tries, 0, 60);
            _receiver.Manners.Recipients.Enqueue(451);
            await Sender.SendDueAsync(Ct);
            _clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Single(_receiver.Mails);
    }

    [Fact]
    public async Task An_address_that_is_refused_is_not_tried_again()
    {
        await Database.TransactAsync(DbPurpose.Hot, s => PostAsync(s, "x"), Ct);
        _receiver.Manners.Recipients.Enqueue(550);

        await Sender.SendDueAsync(Ct);

        Assert.Equal(0L, await CountAsync());
    }

    [Fact]
    public async Task Two_workers_do_not_send_the_same_mail()
    {
        foreach (var i in Enumerable.Range(0, 30))
        {
            await Database.TransactAsync(DbPurpose.Hot, s => PostAsync(s, $"mail {i}"), Ct);
        }

        await using var second = await TestServer.StartAsync(
            ["--Mail:Url", $"smtp://127.0.0.1:{_receiver.Port}", "--Mail:From", "hello@example.com", "--role", "api"], b => b.Services.AddSingleton<TimeProvider>(_clock), sharing: _server);
        await Task.WhenAll(DrainAsync(Sender), DrainAsync(second.Services.GetRequiredService<MailSender>()));

        Assert.Equal(30, _receiver.Mails.Select(m => m.Subject).Distinct().Count());
        Assert.Equal(30, _receiver.Mails.Count);

        static async Task DrainAsync(MailSender sender)
        {
            while (await sender.SendDueAsync(Ct) > 0)
            {
            }
        }
    }

    [Fact]
    public async Task A_mail_whose_receipt_was_lost_is_sent_again_under_the_same_id()
    {
        await Database.TransactAsync(DbPurpose.Hot, s => PostAsync(s, "twice"), Ct);
        _receiver.Manners.DropAfterData = true;

        await Sender.SendDueAsync(Ct);
        _clock.Advance(TimeSpan.FromMinutes(5));
        await Sender.SendDueAsync(Ct);

        Assert.Equal(2, _receiver.Mails.Count);
        Assert.Single(_receiver.Mails.Select(m => m.MessageId).Distinct());
        Assert.Equal(0L, await CountAsync());
    }

    [Fact]
    public async Task What_waits_cannot_be_read_in_the_database_and_goes_with_its_user()
    {
        var user = await _server.CreateUserAsync(); // is welcomed by mail
        await Database.TransactAsync(DbPurpose.Hot, s => _server.Services.GetRequiredService<Mailbox>().PostAsync(s, new MailMessage(user.Email, user.Id, "canary-subject", "canary-text"), Ct), Ct);

        var dump = (string)(await TestDatabase.ExecuteAsync(_server, "SELECT string_agg(encode(box, 'escape') || m::text, ' ') FROM platform.mails m"))!;
        Assert.DoesNotContain("canary", dump, StringComparison.Ordinal);
        Assert.DoesNotContain(user.Email, dump, StringComparison.Ordinal);

        using var leave = new HttpRequestMessage(HttpMethod.Delete, "/api/auth/me") { Content = System.Net.Http.Json.JsonContent.Create(new { password = user.Password }) };
        await (await user.Http.SendAsync(leave, Ct)).DataAsync();
        Assert.Equal(0L, await TestDatabase.ExecuteAsync(_server, $"SELECT count(*) FROM platform.mails WHERE user_id = '{user.Id}'"));
    }

    [Fact]
    public async Task Kept_mails_are_shown_only_where_they_are_kept_and_only_to_this_machine()
    {
        await (await _server.Anonymous.GetAsync("/api/dev/mails", Ct)).FaultAsync(404, "NOT_FOUND");
        await using var keeping = await TestServer.StartAsync(KeptMails.Setting);
        await (await keeping.Anonymous.GetAsync("/api/dev/mails", Ct)).DataAsync();
        using var proxied = new HttpRequestMessage(HttpMethod.Get, "/api/dev/mails");
        proxied.Headers.Add("X-Forwarded-For", "203.0.113.9");
        await (await keeping.Anonymous.SendAsync(proxied, Ct)).FaultAsync(404, "NOT_FOUND");
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/api/dev/mails");
        rebound.Headers.Host = "evil.example.com";
        await (await keeping.Anonymous.SendAsync(rebound, Ct)).FaultAsync(404, "NOT_FOUND");
    }

    private AIMake.Platform.Database.Database Database => _server.Services.GetRequiredService<AIMake.Platform.Database.Database>();

    private Task PostAsync(DbSession session, string subject) =>
        _server.Services.GetRequiredService<Mailbox>().PostAsync(session, new MailMessage("reader@example.org", null, subject, "text"), Ct);

    private async Task<long> CountAsync() => (long)(await TestDatabase.ExecuteAsync(_server, "SELECT count(*) FROM platform.mails WHERE user_id IS NULL"))!;
}
