using System.Security.Cryptography;
using AIMake.Accounts.Mails;
using AIMake.Accounts.Passwords;
using AIMake.Accounts.Storage;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Accounts.Totp;

/// <summary>Switches a user's second factor on and off. What an open browser alone must not do, asks for the password.</summary>
internal sealed class TotpService(
    Database database, TotpBoxes boxes, TotpFactor factor, PasswordProof proof, AccountMails mails, IAuditLog audit, TimeProvider clock)
{
    public Task<TotpState> StateAsync(Guid userId, CancellationToken ct) => database.ReadAsync(
        DbPurpose.Hot,
        async session => await TotpStore.FindAsync(session, userId, ct) is { ConfirmedAt: { } since } row ? new TotpState(true, since, row.CodesLeft) : new TotpState(false, null, 0),
        ct);

    /// <summary>Makes a secret and shows it. Nothing changes until a code made with it comes back.</summary>
    public async Task<Outcome<TotpEnrolment>> BeginAsync(CurrentCaller caller, string? password, string address, CancellationToken ct)
    {
        if (!(await proof.RequireAsync(caller, password, "password", address, ct)).TryGet(out var user, out var refused))
        {
            return refused;
        }

        var secret = TotpCode.Encode(RandomNumberGenerator.GetBytes(TotpCode.SecretBytes));
        var uri = TotpCode.Uri(secret, user.Username);
        return await database.TransactAsync(DbPurpose.Hot, s => TotpStore.BeginAsync(s, user.Id, boxes.Seal(user.Id, secret), clock.GetUtcNow(), ct), ct)
            ? new TotpEnrolment(secret, uri, QrPicture.Of(uri))
            : new Fault(FaultCodes.TotpEnabledAlready);
    }

    /// <summary>Switches it on.</summary>
    /// <returns>The recovery codes, shown this once; TOTP_INVALID, CONFLICT when nothing was begun.</returns>
    public Task<Outcome<RecoveryCodeList>> ConfirmAsync(Guid userId, string code, CancellationToken ct) => database.TryTransactAsync(
        DbPurpose.Hot,
        async session =>
        {
            if (await TotpStore.FindAsync(session, userId, ct) is not { ConfirmedAt: null } row || await Users.FindAsync(session, userId, ct) is not { } user)
            {
                return new Fault(FaultCodes.Conflict);
            }

            var now = clock.GetUtcNow();
            if (TotpCode.Match(boxes.Open(row), code.Trim(), now) is not { } step)
            {
                return new Fault(FaultCodes.TotpInvalid) { Field = "code" };
            }

            if (!await TotpStore.ConfirmAsync(session, row, step, now, ct))
            {
                return new Fault(FaultCodes.Conflict);
            }

            var codes = await NewCodesAsync(session, userId, ct);
            await mails.SecondFactorChangedAsync(session, user, on: true, ct);
            await audit.WriteAsync(session, AuditEntry.Own(AuditActions.SecondFactorAdded, userId), ct);
            return (Outcome<RecoveryCodeList>)codes;
        },
        ct);

    /// <summary>Switches it off; needs the password and a code, of the app or for recovery.</summary>
    public async Task<Outcome<Done>> RemoveAsync(CurrentCaller caller, string? password, string code, string address, CancellationToken ct)
    {
        if (!(await ProveAsync(caller, password, code, address, ct)).TryGet(out var user, out var refused))
        {
            return refused;
        }

        await database.TransactAsync(
            DbPurpose.Hot,
            async session =>
            {
                if (await TotpStore.RemoveAsync(session, user.Id, ct))
                {
                    await mails.SecondFactorChangedAsync(session, user, on: false, ct);
                    await audit.WriteAsync(session, AuditEntry.Own(AuditActions.SecondFactorRemoved, user.Id), ct);
                }
            },
            ct);
        return Done.Value;
    }

    /// <summary>A fresh set of recovery codes; the old ones end.</summary>
    public async Task<Outcome<RecoveryCodeList>> RenewCodesAsync(CurrentCaller caller, string? password, string code, string address, CancellationToken ct) =>
        (await ProveAsync(caller, password, code, address, ct)).TryGet(out var user, out var refused)
            ? await database.TransactAsync(
                DbPurpose.Hot,
                async session =>
                {
                    await audit.WriteAsync(session, AuditEntry.Own(AuditActions.RecoveryCodesRenewed, user.Id), ct);
                    return await NewCodesAsync(session, user.Id, ct);
                },
                ct)
            : refused;

    private async Task<Outcome<UserRow>> ProveAsync(CurrentCaller caller, string? password, string code, string address, CancellationToken ct)
    {
        if (!(await proof.RequireAsync(caller, password, "password", address, ct)).TryGet(out var user, out var refused))
        {
            return refused;
        }

        var row = await database.ReadAsync(DbPurpose.Hot, session => TotpStore.FindAsync(session, user.Id, ct), ct);
        return row is not { ConfirmedAt: not null } ? new Fault(FaultCodes.Conflict) : await factor.CheckAsync(row, code, "code", ct) is { } wrong ? wrong : user;
    }

    private static async Task<RecoveryCodeList> NewCodesAsync(DbSession session, Guid userId, CancellationToken ct)
    {
        var codes = RecoveryCodes.New();
        await TotpStore.ReplaceCodesAsync(session, userId, codes.Select(c => RecoveryCodes.Digest(userId, c)!), ct);
        return new RecoveryCodeList(codes);
    }
}
