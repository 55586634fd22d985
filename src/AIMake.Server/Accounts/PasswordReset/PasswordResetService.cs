using System.Globalization;
using AIMake.Accounts.Mails;
using AIMake.Accounts.Passwords;
using AIMake.Accounts.Storage;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Secrets;

namespace AIMake.Accounts.PasswordReset;

/// <summary>Gives a lost password back to whoever reads the account's mails. It signs nobody in: a second factor is still asked for at the door.</summary>
internal sealed class PasswordResetService(
    Database database, MailedTokens tokens, AccountMails mails, PasswordHashing hashing, CallerStates states, IAuditLog audit, TimeProvider clock, ILogger<PasswordResetService> log)
{
    private const int MaxEmail = 254;
    private static readonly string[] Resetting = [MailPurpose.Reset.Name];

    /// <summary>Mails a link where the address is an active account's. It answers nothing, whatever comes of it.</summary>
    public async Task MailAsync(string email, CancellationToken ct)
    {
        if (!mails.IsOn || email.Length > MaxEmail || !email.Contains('@', StringComparison.Ordinal) || email.Contains('\0', StringComparison.Ordinal))
        {
            return;
        }

        await database.TryTransactAsync(
            DbPurpose.Hot,
            async session =>
            {
                if (await Users.FindByLoginAsync(session, email, ct) is not { IsActive: true } user)
                {
                    return Done.Value;
                }

                if (!(await tokens.MakeAsync(session, user, user.Email, MailPurpose.Reset, ct)).TryGet(out var token, out var often))
                {
                    return often;
                }

                await (user.PasswordHash is null ? mails.NoPasswordAsync(session, user, ct) : mails.ResetAsync(session, user, token, ct));
                return (Outcome<Done>)Done.Value;
            },
            ct);
    }

    /// <summary>Sets the password the holder of a mailed token chose, and ends every session.</summary>
    /// <returns>RESET_TOKEN_INVALID without a reason, ACCOUNT_DISABLED, SSO_REQUIRED, or what is wrong with the password (the token then still works).</returns>
    public async Task<Outcome<Done>> ResetAsync(string? text, string password, CancellationToken ct)
    {
        if (!OpaqueToken.TryParse(text, out var token))
        {
            return Invalid();
        }

        var known = await database.ReadAsync(DbPurpose.Hot, session => FindAsync(session, token, ct), ct);
        if (known is null)
        {
            return Invalid();
        }

        if (PasswordRules.Check(password, "newPassword", known.Username, known.Email) is { } weak)
        {
            return weak;
        }

        if (!(await hashing.HashAsync(password, ct)).TryGet(out var hash, out var busy))
        {
            return busy;
        }

        var outcome = await database.TryTransactAsync(DbPurpose.Hot, session => StoreAsync(session, token, hash, ct), ct);
        if (outcome.Ok)
        {
            states.ForgetUser(known.Id);
            AccountsLog.PasswordChanged(log, known.Id, outcome.Value);
        }

        return outcome.Select(_ => Done.Value);
    }

    private async Task<UserRow?> FindAsync(DbSession session, OpaqueToken token, CancellationToken ct) =>
        await MailedTokenStore.FindAsync(session, token.Digest, Resetting, clock.GetUtcNow(), ct) is { } row
        && await Users.FindAsync(session, row.UserId, ct) is { } user && user.Email == row.Email ? user : null;

    private async Task<Outcome<int>> StoreAsync(DbSession session, OpaqueToken token, string hash, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var user = await FindAsync(session, token, ct);
        if (user is null || await MailedTokenStore.UseAsync(session, token.Digest, Resetting, now, ct) is null)
        {
            return Invalid();
        }

        if (!user.IsActive)
        {
            return new Fault(FaultCodes.AccountDisabled);
        }

        if (user.PasswordHash is null)
        {
            return new Fault(FaultCodes.SsoRequired);
        }

        if (await Users.UpdatePasswordAsync(session, user, hash, now, ct) is null)
        {
            return new Fault(FaultCodes.Conflict);
        }

        await Users.ProveEmailAsync(session, user.Id, user.Email, now, ct); // whoever read the mail has the address
        await MailedTokenStore.EndAsync(session, user.Id, Resetting, now, ct);
        var ended = await SessionStore.EndOthersAsync(session, user.Id, except: null, "password", now, ct);
        await mails.PasswordChangedAsync(session, user, ct);
        await audit.WriteAsync(session, AuditEntry.Own(AuditActions.PasswordReset, user.Id, ("sessions_ended", ended.Count.ToString(CultureInfo.InvariantCulture))), ct);
        return ended.Count;
    }

    private static Fault Invalid() => new(FaultCodes.ResetTokenInvalid) { Field = "token" };
}
