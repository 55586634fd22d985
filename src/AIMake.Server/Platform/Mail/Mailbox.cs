using AIMake.Accounts;
using AIMake.Platform.Database;
using AIMake.Platform.Http;
using AIMake.Platform.Secrets;

namespace AIMake.Platform.Mail;

/// <summary>
/// Where modules put their mails: into the database, in the transaction of what the mail is about. Another process may send it; a mail of a
/// transaction that was undone never was.
/// </summary>
internal sealed class Mailbox(MailOptions options, MailBoxes boxes, IServiceProvider services, TimeProvider clock, ILogger<Mailbox> log)
{
    private readonly SemaphoreSlim _posted = new(0);
    private int _told;

    /// <summary>Whether mails go anywhere; where they do not, nothing may wait for one.</summary>
    public bool IsOn => options.IsOn;

    /// <summary>Origin of every link in a mail: the configured one, never what a request says.</summary>
    public string Origin => PublicAddress.Of(services);

    public async Task PostAsync(DbSession session, MailMessage mail, CancellationToken ct)
    {
        if (mail.To.EndsWith(".invalid", StringComparison.OrdinalIgnoreCase))
        {
            return; // RFC 2606: no such domain will ever be; it stands in for an address nobody told
        }

        if (!IsOn)
        {
            if (Interlocked.Exchange(ref _told, 1) == 0)
            {
                MailLog.NoServer(log);
            }

            return;
        }

        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await MailStore.InsertAsync(session, id, mail.UserId, boxes.Seal(id, mail), keep: !options.SendsOut, now, ct);
        if (_posted.CurrentCount == 0)
        {
            _posted.Release();
        }
    }

    /// <summary>Ends when a mail was posted here, or after the given time.</summary>
    internal async Task WaitAsync(TimeSpan most, CancellationToken ct)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var posted = _posted.WaitAsync(waiting.Token);
        await Task.WhenAny(posted, Task.Delay(most, clock, waiting.Token));
        await waiting.CancelAsync();
        await posted.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }
}

/// <summary>What waits to be mailed to a leaving user goes with them.</summary>
internal sealed class MailUserData : IUserDataOwner
{
    public Task DeleteAsync(DbSession session, Guid userId, CancellationToken ct) => MailStore.ForgetUserAsync(session, userId, ct);
}

/// <summary>Messages of the mail; ids 1050–1059. Ids, stages and codes, never addresses or texts.</summary>
internal static partial class MailLog
{
    [LoggerMessage(1050, LogLevel.Warning, "There is no mail server (SMTP_URL): mails are not sent")]
    public static partial void NoServer(ILogger log);

    [LoggerMessage(1051, LogLevel.Information, "Mail {MailId} sent at try {Attempt}")]
    public static partial void Sent(ILogger log, Guid mailId, int attempt);

    [LoggerMessage(1052, LogLevel.Warning, "Mail {MailId} not taken at try {Attempt} ({Stage}, {Code}); the next one is in {Seconds} s")]
    public static partial void Postponed(ILogger log, Guid mailId, int attempt, string stage, int code, int seconds);

    [LoggerMessage(1053, LogLevel.Error, "Mail {MailId} given up after {Attempt} tries ({Stage}, {Code})")]
    public static partial void GivenUp(ILogger log, Guid mailId, int attempt, string stage, int code);

    [LoggerMessage(1054, LogLevel.Warning, "Mails cannot be sent at present")]
    public static partial void RoundFailed(ILogger log, Exception exception);
}
