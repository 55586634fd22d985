using System.Text.Json;
using AIMake.Accounts.EmailAddresses;
using AIMake.Accounts.Guard;
using AIMake.Accounts.Passwords;
using AIMake.Accounts.Storage;
using AIMake.Credits;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using Npgsql;

namespace AIMake.Accounts.Profile;

/// <summary>What a user may change of their profile. Left out or null: stays. An empty text clears a name or the avatar.</summary>
/// <param name="Username">3–32 letters, digits, <c>_ . -</c>.</param>
/// <param name="Email">A new address needs <paramref name="CurrentPassword"/>; where the account has none, a sign-in of the last ten minutes.</param>
/// <param name="Avatar">https address.</param>
public sealed record UpdateProfileRequest(
    string? Username = null,
    string? Email = null,
    string? FirstName = null,
    string? LastName = null,
    string? Avatar = null,
    PreferencesChange? Preferences = null,
    string? CurrentPassword = null);

/// <summary>Reads, changes and deletes the caller's own account.</summary>
internal sealed class ProfileService(
    Database database,
    ICreditsGlance credits,
    PasswordProof proof,
    EmailService emails,
    IAuditLog audit,
    AccountRemoval removal,
    TimeProvider clock)
{
    public Task<Outcome<UserProfile>> ReadAsync(Guid userId, CancellationToken ct) => database.ReadAsync(
        DbPurpose.Hot,
        async session => await Users.FindAsync(session, userId, ct) is { } row
            ? UserProfile.From(row, await credits.ReadAsync(session, userId, ct))
            : (Outcome<UserProfile>)new Fault(FaultCodes.InvalidToken),
        ct);

    public async Task<Outcome<UserOverview>> OverviewAsync(Guid userId, CancellationToken ct) => await database.ReadAsync(
        DbPurpose.Hot,
        async session =>
        {
            if (await Users.FindAsync(session, userId, ct) is not { } row)
            {
                return (Outcome<UserOverview>)new Fault(FaultCodes.InvalidToken);
            }

            var glance = await credits.ReadAsync(session, userId, ct);
            return new UserOverview(
                UserProfile.From(row, glance), glance.Plan, new CreditsSummary(glance.Total, glance.Used, glance.Held, glance.Remaining));
        },
        ct);

    public async Task<Outcome<UserProfile>> UpdateAsync(CurrentCaller caller, UpdateProfileRequest request, string address, CancellationToken ct)
    {
        if (Check(request) is { } fault)
        {
            return fault;
        }

        if (await CheckNewEmailAsync(caller, request, address, ct) is { } refused)
        {
            return refused;
        }

        try
        {
            return await database.TryTransactAsync(DbPurpose.Hot, session => StoreAsync(session, caller.UserId, request, ct), ct);
        }
        catch (PostgresException e) when (Users.TakenField(e) is { } field)
        {
            return NameTaken(field);
        }
    }

    /// <summary>A new address becomes theirs when they open the link mailed to it; where no mails are sent, at once and unproved.</summary>
    private async Task<Outcome<UserProfile>> StoreAsync(DbSession session, Guid userId, UpdateProfileRequest request, CancellationToken ct)
    {
        if (await Users.FindAsync(session, userId, ct) is not { } user)
        {
            return new Fault(FaultCodes.InvalidToken);
        }

        var isNew = request.Email is { } email && !string.Equals(email, user.Email, StringComparison.Ordinal);
        if (isNew && emails.IsOn)
        {
            if ((await emails.AskAsync(session, user, request.Email!, ct)).Fault is { } refused)
            {
                return refused;
            }
        }
        else if (request.Email is not null)
        {
            await emails.CancelAsync(session, userId, ct);
        }

        var change = new ProfileChange(
            request.Username, isNew && !emails.IsOn ? request.Email : null, request.FirstName, request.LastName, request.Avatar, ToJson(request.Preferences));
        var row = await Users.UpdateProfileAsync(session, userId, change, clock.GetUtcNow(), ct);
        if (change.Email is not null)
        {
            await audit.WriteAsync(session, AuditEntry.Own(AuditActions.EmailChanged, userId), ct);
        }

        return row is null ? new Fault(FaultCodes.InvalidToken) : UserProfile.From(row, await credits.ReadAsync(session, userId, ct));
    }

    /// <summary>Removes the account and everything every module holds about it. Faults: those of a password; LAST_ADMIN, SUBSCRIPTION_RUNNING.</summary>
    public async Task<Outcome<Done>> DeleteAsync(CurrentCaller caller, string? password, string address, CancellationToken ct)
    {
        // Somebody else's tokens last a minute: whoever holds one is signed in there at this moment, and their account here is nothing without it.
        if (!(await proof.RequireAsync(caller, password, "password", address, ct)).TryGet(out _, out var fault)
            && !(fault.Code == FaultCodes.SsoRequired && caller.SessionId is null))
        {
            return fault;
        }

        if (caller.IsAdmin && !await database.ReadAsync(DbPurpose.Hot, session => Users.AnyAdminAsync(session, except: caller.UserId, ct), ct))
        {
            return new Fault(FaultCodes.LastAdmin);
        }

        if ((await removal.PrepareAsync(caller.UserId, ct)).Fault is { } unprepared)
        {
            return unprepared;
        }

        var outcome = await database.TryTransactAsync(DbPurpose.Jobs, session => RemoveAsync(session, caller, ct), ct);
        if (outcome.Ok)
        {
            removal.Forget(caller.UserId);
        }

        return outcome;
    }

    private async Task<Outcome<Done>> RemoveAsync(DbSession session, CurrentCaller caller, CancellationToken ct)
    {
        if (caller.IsAdmin)
        {
            await Users.LockAdminsAsync(session, ct);
            if (!await Users.AnyAdminAsync(session, except: caller.UserId, ct))
            {
                return new Fault(FaultCodes.LastAdmin);
            }
        }

        await removal.RemoveAsync(session, caller.UserId, ct);
        return Done.Value;
    }

    internal static Fault NameTaken(string field) =>
        new(field == "email" ? FaultCodes.EmailTaken : FaultCodes.UsernameTaken) { Field = field };

    /// <summary>The address is where a lost password is mended, so taking it over needs more than an open browser.</summary>
    private async Task<Fault?> CheckNewEmailAsync(CurrentCaller caller, UpdateProfileRequest request, string address, CancellationToken ct)
    {
        if (request.Email is null)
        {
            return null;
        }

        var row = await database.ReadAsync(DbPurpose.Hot, session => Users.FindAsync(session, caller.UserId, ct), ct);
        return row is null || string.Equals(row.Email, request.Email, StringComparison.Ordinal)
            ? null
            : (await proof.RequireAsync(caller, request.CurrentPassword, "currentPassword", address, ct)).Fault;
    }

    private static Fault? Check(UpdateProfileRequest request) => Faulty.First(
        request.Username is null ? null : ProfileRules.Username(request.Username),
        request.Email is null ? null : ProfileRules.Email(request.Email),
        ProfileRules.PersonName("firstName", request.FirstName),
        ProfileRules.PersonName("lastName", request.LastName),
        ProfileRules.Avatar(request.Avatar),
        ProfileRules.Language(request.Preferences?.Language));

    private static string? ToJson(PreferencesChange? change)
    {
        if (change is null)
        {
            return null;
        }

        var members = JsonSerializer.SerializeToNode(change, JsonFaults.Stored)!.AsObject();
        foreach (var unset in members.Where(m => m.Value is null).Select(m => m.Key).ToList())
        {
            members.Remove(unset);
        }

        return members.ToJsonString();
    }
}

/// <summary>Gathers the faults of one request, so that all are told at once.</summary>
internal static class Faulty
{
    public static Fault? First(params IEnumerable<Fault?> faults) => faults.OfType<Fault>().ToList() is [var first, .. var more]
        ? first with { Also = more }
        : null;
}
