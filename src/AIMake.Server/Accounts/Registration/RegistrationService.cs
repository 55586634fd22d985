using System.Text.Json;
using AIMake.Accounts.EmailAddresses;
using AIMake.Accounts.Passwords;
using AIMake.Accounts.Profile;
using AIMake.Accounts.Sessions;
using AIMake.Accounts.Setup;
using AIMake.Accounts.SignIn;
using AIMake.Accounts.Storage;
using AIMake.Credits;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Secrets;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AIMake.Accounts.Registration;

/// <summary>A new account.</summary>
/// <param name="Username">3–32 letters, digits, <c>_ . -</c>; unique without regard to case.</param>
/// <param name="Email">Unique without regard to case.</param>
/// <param name="Password">8–128 characters, none of the ones that everybody tries first.</param>
/// <param name="Agreement">Must be true.</param>
/// <param name="SetupToken">From the set-up link the server prints while it has no admin: makes this account the admin.</param>
public sealed record RegisterRequest(
    string Username,
    string Email,
    string Password,
    bool Agreement,
    string? FirstName = null,
    string? LastName = null,
    string? SetupToken = null);

/// <summary>Somebody whom a provider vouches for.</summary>
/// <param name="EmailVerified">Whether it vouches for the address as well.</param>
internal sealed record VouchedUser(string Username, string Email, bool EmailVerified, string? FirstName, string? LastName)
{
    /// <summary>Never names or addresses.</summary>
    public override string ToString() => nameof(VouchedUser);
}

/// <summary>Makes accounts: the user, their credits and their first session in one transaction.</summary>
internal sealed class RegistrationService(
    Database database,
    PasswordHashing hashing,
    SessionIssuer issuer,
    SetupLink setup,
    ICreditLedger ledger,
    ICreditsGlance credits,
    EmailService emails,
    IAuditLog audit,
    IOptions<AccountsOptions> options,
    TimeProvider clock,
    ILogger<RegistrationService> log)
{
    private const string FreePlan = "free";

    public async Task<Outcome<SessionGrant>> RegisterAsync(RegisterRequest request, Client client, string language, CancellationToken ct)
    {
        if (Check(request) is { } fault)
        {
            return fault;
        }

        if (!(await AdmitAsync(request.SetupToken, ct)).TryGet(out var link, out var refused))
        {
            return refused;
        }

        if (!(await hashing.HashAsync(request.Password, ct)).TryGet(out var hash, out var busy))
        {
            return busy;
        }

        var user = Draft(request, hash, link is null ? Role.User : Role.Admin, language);
        return await StoreAsync(user, link, client, also: null, ct);
    }

    /// <summary>
    /// Makes an account for somebody whom a provider vouches for: no password, and no agreement accepted yet. The mode of
    /// registration holds for them as well.
    /// </summary>
    /// <param name="also">What is stored with it, in the same transaction.</param>
    /// <returns>The session, why nobody new is let in, or USERNAME_TAKEN or EMAIL_TAKEN.</returns>
    public async Task<Outcome<SessionGrant>> RegisterVouchedAsync(
        VouchedUser user, string language, Client client, Func<DbSession, Guid, Task> also, CancellationToken ct)
    {
        if (!(await AdmitAsync(setupToken: null, ct)).TryGet(out var link, out var refused))
        {
            return refused;
        }

        return await StoreAsync(Draft(user, language), link, client, also, ct);
    }

    /// <summary>As <see cref="RegisterVouchedAsync"/>, in a transaction of the caller's and without a session: whoever vouches for them has that.</summary>
    /// <returns>The user's id, or why nobody new is let in. A taken name is the database's exception.</returns>
    public async Task<Outcome<Guid>> CreateVouchedAsync(DbSession session, VouchedUser user, string language, CancellationToken ct)
    {
        if (!(await AdmitAsync(setupToken: null, ct)).TryGet(out _, out var refused))
        {
            return refused;
        }

        var row = await Users.InsertAsync(session, Draft(user, language), clock.GetUtcNow(), ct);
        await ledger.OpenAccountAsync(session, row.Id, FreePlan, ct);
        await audit.WriteAsync(session, AuditEntry.Own(AuditActions.AccountCreated, row.Id, ("role", row.Role)), ct);
        return row.Id;
    }

    /// <returns>The set-up link that opens the door, or null when the door is open.</returns>
    private async Task<Outcome<OpaqueToken?>> AdmitAsync(string? setupToken, CancellationToken ct)
    {
        if (setupToken is { } text)
        {
            return OpaqueToken.TryParse(text, out var link) && await setup.LooksValidAsync(link, ct) ? link : SetupLink.Invalid();
        }

        return options.Value.Registration switch
        {
            RegistrationMode.Open => (OpaqueToken?)null,
            RegistrationMode.Invite => new Fault(FaultCodes.RegistrationInviteOnly),
            _ => new Fault(FaultCodes.RegistrationClosed),
        };
    }

    private async Task<Outcome<SessionGrant>> StoreAsync(
        UserRow user, OpaqueToken? link, Client client, Func<DbSession, Guid, Task>? also, CancellationToken ct)
    {
        var draft = issuer.Draft(user.Id, client);
        try
        {
            var outcome = await database.TryTransactAsync(
                DbPurpose.Hot,
                async session =>
                {
                    if (link is not null && await setup.ClaimAsync(session, link, user.Id, ct) is { } claimed)
                    {
                        return claimed;
                    }

                    var row = await Users.InsertAsync(session, user, draft.Now, ct);
                    await ledger.OpenAccountAsync(session, row.Id, FreePlan, ct);
                    await issuer.StoreAsync(session, draft, ct);
                    await (also?.Invoke(session, row.Id) ?? Task.CompletedTask);
                    await emails.WelcomeAsync(session, row, ct);
                    await audit.WriteAsync(session, AuditEntry.Own(AuditActions.AccountCreated, row.Id, ("role", row.Role), ("agreement", row.AgreementVersion)), ct);
                    var profile = UserProfile.From(row, await credits.ReadAsync(session, row.Id, ct));
                    return (Outcome<SessionGrant>)issuer.Grant(draft, profile, row.SecurityEpoch);
                },
                ct);
            if (outcome.Ok)
            {
                AccountsLog.Created(log, user.Id, user.Role);
            }

            return outcome;
        }
        catch (PostgresException e) when (Users.TakenField(e) is { } field)
        {
            return ProfileService.NameTaken(field);
        }
    }

    private UserRow Draft(RegisterRequest request, string hash, Role role, string language) => new()
    {
        Id = Guid.CreateVersion7(clock.GetUtcNow()),
        Username = request.Username,
        Email = request.Email,
        PasswordHash = hash,
        Role = role.ToString().ToLowerInvariant(),
        FirstName = request.FirstName is "" ? null : request.FirstName,
        LastName = request.LastName is "" ? null : request.LastName,
        Preferences = FirstPreferences(language),
        AgreementVersion = options.Value.AgreementVersion,
    };

    private UserRow Draft(VouchedUser user, string language) => new()
    {
        Id = Guid.CreateVersion7(clock.GetUtcNow()),
        Username = user.Username,
        Email = user.Email,
        Role = nameof(Role.User).ToLowerInvariant(),
        FirstName = user.FirstName,
        LastName = user.LastName,
        Preferences = FirstPreferences(language),
        EmailVerifiedAt = user.EmailVerified ? clock.GetUtcNow() : null,
        AgreementVersion = "", // none: it is asked for at the first visit
    };

    private static string FirstPreferences(string language) =>
        JsonSerializer.Serialize(new Preferences(Theme.System, language, Notifications: true), JsonFaults.Stored);

    private static Fault? Check(RegisterRequest request) => Faulty.First(
        ProfileRules.Username(request.Username),
        ProfileRules.Email(request.Email),
        PasswordRules.Check(request.Password, "password", request.Username, request.Email),
        ProfileRules.PersonName("firstName", request.FirstName),
        ProfileRules.PersonName("lastName", request.LastName),
        request.Agreement ? null : new Fault(FaultCodes.AgreementRequired) { Field = "agreement" });
}
