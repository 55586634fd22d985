using AIMake.Accounts.Mails;
using AIMake.Accounts.Profile;
using AIMake.Accounts.Storage;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Secrets;
using Npgsql;

namespace AIMake.Accounts.EmailAddresses;

/// <summary>Proves that addresses belong to whoever gave them.</summary>
internal sealed class EmailService(Database database, MailedTokens tokens, AccountMails mails, IAuditLog audit, TimeProvider clock)
{
    private static readonly string[] Proving = [MailPurpose.Verify.Name, MailPurpose.Change.Name];

    /// <summary>Whether addresses can be proved at all.</summary>
    public bool IsOn => mails.IsOn;

    /// <summary>Mails the link that proves a new account's address, in the transaction that makes the account.</summary>
    public async Task WelcomeAsync(DbSession session, UserRow user, CancellationToken ct)
    {
        if (IsOn && user.EmailVerifiedAt is null)
        {
            await mails.VerifyAsync(session, user, (await tokens.MakeAsync(session, user, user.Email, MailPurpose.Verify, ct)).Value, ct);
        }
    }

    /// <summary>Mails the link again: to the address asked for where one is, else to the present one while it is not proved.</summary>
    /// <returns>The address it went to; CONFLICT when there is nothing to prove, MAIL_NOT_CONFIGURED, RATE_LIMITED.</returns>
    public Task<Outcome<string>> ResendAsync(Guid userId, CancellationToken ct) => database.TryTransactAsync(
        DbPurpose.Hot,
        async session =>
        {
            if (!IsOn)
            {
                return new Fault(FaultCodes.MailNotConfigured);
            }

            return await Users.FindAsync(session, userId, ct) switch
            {
                null => new Fault(FaultCodes.InvalidToken),
                { PendingEmail: { } asked } user => await AskAsync(session, user, asked, ct),
                { EmailVerifiedAt: null } user => await SendAsync(session, user, user.Email, MailPurpose.Verify, ct),
                _ => (Outcome<string>)new Fault(FaultCodes.EmailVerifiedAlready),
            };
        },
        ct);

    /// <summary>Notes the address a user wants and mails the link that makes it theirs. Until it is opened nothing changes.</summary>
    public async Task<Outcome<string>> AskAsync(DbSession session, UserRow user, string email, CancellationToken ct)
    {
        if (await Users.FindByLoginAsync(session, email, ct) is { } taken && taken.Id != user.Id)
        {
            return ProfileService.NameTaken("email");
        }

        await MailedTokenStore.EndAsync(session, user.Id, [MailPurpose.Change.Name], clock.GetUtcNow(), ct);
        await Users.AskEmailAsync(session, user.Id, email, ct);
        await audit.WriteAsync(session, AuditEntry.Own(AuditActions.EmailChangeAsked, user.Id), ct);
        return await SendAsync(session, user, email, MailPurpose.Change, ct);
    }

    /// <summary>Takes back what was asked for.</summary>
    public async Task CancelAsync(DbSession session, Guid userId, CancellationToken ct)
    {
        await MailedTokenStore.EndAsync(session, userId, [MailPurpose.Change.Name], clock.GetUtcNow(), ct);
        await Users.AskEmailAsync(session, userId, null, ct);
    }

    /// <summary>Opens a mailed link. Whoever opens it need not be signed in: they read the mail, which is what it proves.</summary>
    /// <returns>The address, now proved; EMAIL_TOKEN_INVALID without a reason.</returns>
    public async Task<Outcome<string>> VerifyAsync(string? text, CancellationToken ct)
    {
        if (!OpaqueToken.TryParse(text, out var token))
        {
            return Invalid();
        }

        try
        {
            return await database.TryTransactAsync(DbPurpose.Hot, session => VerifyAsync(session, token, ct), ct);
        }
        catch (PostgresException e) when (Users.TakenField(e) is not null)
        {
            return ProfileService.NameTaken("email"); // somebody made an account with it meanwhile
        }
    }

    private async Task<Outcome<string>> VerifyAsync(DbSession session, OpaqueToken token, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var used = await MailedTokenStore.UseAsync(session, token.Digest, Proving, now, ct);
        if (used is null || await Users.FindAsync(session, used.UserId, ct) is not { } user)
        {
            return Invalid();
        }

        if (!user.IsActive)
        {
            return new Fault(FaultCodes.AccountDisabled);
        }

        if (used.Email == user.Email)
        {
            await Users.ProveEmailAsync(session, user.Id, used.Email, now, ct);
            await audit.WriteAsync(session, AuditEntry.Own(AuditActions.EmailVerified, user.Id), ct);
            return used.Email;
        }

        if (used.Email != user.PendingEmail)
        {
            return Invalid();
        }

        await Users.ChangeEmailAsync(session, user.Id, used.Email, now, ct);
        await MailedTokenStore.EndAsync(session, user.Id, [MailPurpose.Verify.Name, MailPurpose.Reset.Name], now, ct);
        await mails.AddressChangedAsync(session, user, user.Email, ct);
        await audit.WriteAsync(session, AuditEntry.Own(AuditActions.EmailChanged, user.Id), ct);
        return used.Email;
    }

    private async Task<Outcome<string>> SendAsync(DbSession session, UserRow user, string email, MailPurpose purpose, CancellationToken ct)
    {
        if (!(await tokens.MakeAsync(session, user, email, purpose, ct)).TryGet(out var token, out var often))
        {
            return often;
        }

        await (purpose == MailPurpose.Change ? mails.ConfirmNewAddressAsync(session, user, email, token, ct) : mails.VerifyAsync(session, user, token, ct));
        return email;
    }

    private static Fault Invalid() => new(FaultCodes.EmailTokenInvalid) { Field = "token" };
}
