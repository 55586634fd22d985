using AIMake.Accounts.Guard;
using AIMake.Accounts.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Accounts.Passwords;

/// <summary>
/// Makes a signed-in user prove once more who they are, before something that cannot be taken back. With a password, that is asked for, and guessing
/// is slowed down as at the door. Without one, having come in through the linked provider a moment ago stands for it: an open browser alone is not enough
/// there either, and a mail would let whoever reads the mailbox in past the provider.
/// </summary>
internal sealed class PasswordProof(Database database, PasswordHashing hashing, LoginGuard guard, TimeProvider clock)
{
    /// <summary>How long after signing in through others an account without a password needs no further proof.</summary>
    public static readonly TimeSpan FreshSignIn = TimeSpan.FromMinutes(10);

    /// <param name="password">Null or empty where the account has none.</param>
    /// <param name="field">JSON name of the member that carries the password.</param>
    /// <returns>The user as compared; FIELD_REQUIRED, PASSWORD_WRONG, RATE_LIMITED; SSO_REQUIRED where there is no password and no fresh sign-in.</returns>
    public async Task<Outcome<UserRow>> RequireAsync(CurrentCaller caller, string? password, string field, string address, CancellationToken ct)
    {
        var row = await database.ReadAsync(DbPurpose.Hot, session => Users.FindAsync(session, caller.UserId, ct), ct);
        if (row is null)
        {
            return new Fault(FaultCodes.InvalidToken);
        }

        if (row.PasswordHash is null)
        {
            return await HasJustSignedInAsync(caller, ct) ? row : new Fault(FaultCodes.SsoRequired);
        }

        return string.IsNullOrEmpty(password)
            ? new Fault(FaultCodes.FieldRequired, field) { Field = field }
            : await CompareAsync(row, password, field, address, ct);
    }

    private async Task<Outcome<UserRow>> CompareAsync(UserRow row, string password, string field, string address, CancellationToken ct)
    {
        if (!(await guard.BeginAsync(row.Id.ToString(), address, ct)).TryGet(out var attempt, out var slow))
        {
            return slow;
        }

        if (password.Length > PasswordRules.MaxCharacters * 2)
        {
            return Wrong(field);
        }

        if (!(await hashing.CompareAsync(row.PasswordHash, password, ct)).TryGet(out var match, out var busy))
        {
            return busy;
        }

        if (match is PasswordMatch.No)
        {
            return Wrong(field);
        }

        await guard.SucceedAsync(attempt, ct);
        return row;
    }

    /// <summary>A caller by somebody else's token has no session here, so that nobody can say how old theirs is.</summary>
    private async Task<bool> HasJustSignedInAsync(CurrentCaller caller, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return caller.SessionId is { } id
            && await database.ReadAsync(DbPurpose.Hot, session => SessionStore.FindAsync(session, id, caller.UserId, now, ct), ct) is { } row
            && now - row.CreatedAt < FreshSignIn;
    }

    private static Fault Wrong(string field) => new(FaultCodes.PasswordWrong) { Field = field };
}
