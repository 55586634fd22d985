using AIMake.Accounts.Guard;
using AIMake.Accounts.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Accounts.Passwords;

/// <summary>Makes a signed-in user show the password again before something that cannot be taken back. Guessing is slowed down as at the door.</summary>
internal sealed class PasswordProof(Database database, PasswordHashing hashing, LoginGuard guard)
{
    /// <param name="field">JSON name of the member that carries the password.</param>
    /// <returns>The user as compared, PASSWORD_WRONG, SSO_REQUIRED where there is no password, or RATE_LIMITED.</returns>
    public async Task<Outcome<UserRow>> RequireAsync(Guid userId, string password, string field, string address, CancellationToken ct)
    {
        if (!(await guard.BeginAsync(userId.ToString(), address, ct)).TryGet(out var attempt, out var slow))
        {
            return slow;
        }

        var row = await database.ReadAsync(DbPurpose.Hot, session => Users.FindAsync(session, userId, ct), ct);
        if (row is null)
        {
            return new Fault(FaultCodes.InvalidToken);
        }

        if (row.PasswordHash is null)
        {
            await guard.SucceedAsync(attempt, ct);
            return new Fault(FaultCodes.SsoRequired);
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

    private static Fault Wrong(string field) => new(FaultCodes.PasswordWrong) { Field = field };
}
