using AIMake.Accounts.Guard;
using AIMake.Accounts.SignIn;
using AIMake.Accounts.Storage;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Accounts.Totp;

/// <summary>
/// Asks for the code at the door, whichever way somebody came. Whoever gets here has given the first proof, so guesses are counted for the account
/// as a whole: another address gives no new ones.
/// </summary>
internal sealed class TotpFactor(Database database, TotpBoxes boxes, LoginGuard guard, IAuditLog audit, TimeProvider clock) : ISecondFactor
{
    public async Task<Fault?> CheckAsync(UserRow user, string? code, Client client, CancellationToken ct)
    {
        var row = await database.ReadAsync(DbPurpose.Hot, session => TotpStore.FindAsync(session, user.Id, ct), ct);
        return row is not { ConfirmedAt: not null } ? null
            : string.IsNullOrWhiteSpace(code) ? new Fault(FaultCodes.TotpRequired) { Field = "totp" }
            : await CheckAsync(row, code, "totp", ct);
    }

    /// <summary>Uses a code up: of the app or for recovery.</summary>
    /// <param name="field">JSON name of the member that carries it.</param>
    /// <returns>Null when it was right, TOTP_INVALID or RATE_LIMITED.</returns>
    public async Task<Fault?> CheckAsync(TotpRow row, string code, string field, CancellationToken ct)
    {
        if (!(await guard.BeginAsync($"totp:{row.UserId:N}", address: null, ct)).TryGet(out var attempt, out var slow))
        {
            return slow;
        }

        if (await database.TransactAsync(DbPurpose.Hot, session => UseAsync(session, row, code.Trim(), ct), ct))
        {
            await guard.SucceedAsync(attempt, ct);
            return null;
        }

        await database.TransactAsync(DbPurpose.Hot, session => audit.WriteAsync(session, AuditEntry.Own(AuditActions.SecondFactorFailed, row.UserId), ct), ct);
        return new Fault(FaultCodes.TotpInvalid) { Field = field };
    }

    private async Task<bool> UseAsync(DbSession session, TotpRow row, string code, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (RecoveryCodes.Digest(row.UserId, code) is { } digest)
        {
            return await TotpStore.UseCodeAsync(session, row.UserId, digest, now, ct);
        }

        return TotpCode.Match(boxes.Open(row), code, now) is { } step && await TotpStore.UseStepAsync(session, row.UserId, step, ct);
    }
}
