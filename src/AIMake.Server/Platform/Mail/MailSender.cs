using AIMake.Platform.Database;
using AIMake.Platform.Secrets;

namespace AIMake.Platform.Mail;

/// <summary>
/// Sends what is in the mailbox. A mail is claimed by one worker for a few minutes, sent, and removed. Should the worker die after the mail server took
/// it and before the row is gone, it is sent once more, with the same Message-ID: SMTP has no better promise to give.
/// </summary>
internal sealed class MailSender(Database.Database database, Mailbox mailbox, MailBoxes boxes, MailOptions options, SmtpClient smtp, TimeProvider clock, ILogger<MailSender> log)
    : BackgroundService
{
    public static readonly TimeSpan Claim = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(7);
    private const int AtOnce = 10;

    /// <summary>Sends what is due now.</summary>
    /// <returns>How many mails were looked at.</returns>
    internal async Task<int> SendDueAsync(CancellationToken ct)
    {
        if (!options.SendsOut)
        {
            await database.ReadAsync(DbPurpose.Jobs, async s => { await MailStore.ForgetKeptAsync(s, clock.GetUtcNow() - KeepFor, ct); return 0; }, ct);
            return 0;
        }

        var now = clock.GetUtcNow();
        var due = await database.TransactAsync(DbPurpose.Jobs, s => MailStore.ClaimAsync(s, AtOnce, now, now + Claim, ct), ct);
        foreach (var row in due)
        {
            await SendAsync(row, ct);
        }

        return due.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.IsOn)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await SendDueAsync(stoppingToken) > 0)
                {
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                MailLog.RoundFailed(log, e); // the database is away; the next round asks again
            }

            await mailbox.WaitAsync(Round, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendAsync(MailRow row, CancellationToken ct)
    {
        var result = await TryAsync(row, ct);
        var wait = Wait(row.Attempts);
        if (result.Fate is MailFate.Later && clock.GetUtcNow() + wait - row.CreatedAt < options.GiveUpAfter)
        {
            MailLog.Postponed(log, row.Id, row.Attempts, result.Stage, result.Code, (int)wait.TotalSeconds);
            await database.TransactAsync(DbPurpose.Jobs, s => MailStore.PostponeAsync(s, row, clock.GetUtcNow() + wait, ct), ct);
            return;
        }

        Faults.Failpoint.Hit("mail.sent");
        await database.TransactAsync(DbPurpose.Jobs, s => MailStore.DoneAsync(s, row, CancellationToken.None), CancellationToken.None);
        if (result.Fate is MailFate.Taken)
        {
            MailLog.Sent(log, row.Id, row.Attempts);
        }
        else
        {
            MailLog.GivenUp(log, row.Id, row.Attempts, result.Stage, result.Code);
        }
    }

    private async Task<MailResult> TryAsync(MailRow row, CancellationToken ct)
    {
        MailMessage mail;
        try
        {
            mail = boxes.Open(row);
        }
        catch (SecretBoxException)
        {
            return new(MailFate.Refused, "open", 0);
        }

        var from = MailAddress.Parse(options.From!)!;
        return MailAddress.Parse(mail.To) is { } to
            ? await smtp.SendAsync(SmtpServer.Parse(options.Url!)!, from, to, MailText.Write(mail, from, to, row.Id, row.CreatedAt), ct)
            : new(MailFate.Refused, "to", 0);
    }

    /// <summary>30 s, doubled at each try, an hour at most.</summary>
    private static TimeSpan Wait(int attempts) => TimeSpan.FromSeconds(Math.Min(3_600, 30 * Math.Pow(2, Math.Min(attempts - 1, 10))));
}
