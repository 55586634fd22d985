using AIMake.Accounts.Guard;
using AIMake.Accounts.Passwords;
using AIMake.Accounts.Sessions;
using AIMake.Accounts.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Accounts.SignIn;

/// <summary>Opens a session for a name and a password.</summary>
internal sealed class SignInService(
    Database database,
    LoginGuard guard,
    PasswordHashing hashing,
    SessionOpening opening,
    ILogger<SignInService> log)
{
    private const int MaxLogin = 254;

    /// <summary>
    /// Whether the account exists shows neither in the answer nor in the time it takes: (1) the attempt is counted, (2) the
    /// account looked up, (3) its password, or a dummy's, compared; (4) only then do the answers part.
    /// </summary>
    /// <param name="code">Of the second factor, where it was given.</param>
    public async Task<Outcome<SessionGrant>> SignInAsync(string login, string password, string? code, Client client, CancellationToken ct)
    {
        if (password.Length > PasswordRules.MaxCharacters * 2)
        {
            return new Fault(FaultCodes.FieldOutOfRange, "password", 1, PasswordRules.MaxCharacters) { Field = "password" };
        }

        if (!(await guard.BeginAsync(Cut(login), client.LimitKey, ct)).TryGet(out var attempt, out var slow))
        {
            return Refuse(slow);
        }

        var row = await database.ReadAsync(DbPurpose.Hot, session => FindAsync(session, login, ct), ct);
        if (!(await hashing.CompareAsync(row?.PasswordHash, password, ct)).TryGet(out var match, out var busy))
        {
            return Refuse(busy);
        }

        if (row is null || match is PasswordMatch.No)
        {
            return Refuse(new Fault(FaultCodes.InvalidCredentials));
        }

        await guard.SucceedAsync(attempt, ct);
        var rehash = match is PasswordMatch.YesButOld ? (await hashing.HashAsync(password, ct)).Value : null;
        var outcome = await opening.OpenAsync(row, rehash, code, client, ct);
        return outcome.Fault is { } refused ? Refuse(refused) : outcome;
    }

    private Fault Refuse(Fault fault)
    {
        AccountsLog.SignInRefused(log, fault.Code.Code);
        return fault;
    }

    /// <summary>What cannot be a name is not asked for; it goes on as an unknown one.</summary>
    private static Task<UserRow?> FindAsync(DbSession session, string login, CancellationToken ct) =>
        login.Length is 0 or > MaxLogin || login.Contains('\0', StringComparison.Ordinal)
            ? Task.FromResult<UserRow?>(null)
            : Users.FindByLoginAsync(session, login, ct);

    private static string Cut(string login) => login.Length > MaxLogin ? login[..MaxLogin] : login;
}
