using System.Collections.Concurrent;
using System.Net.Http.Headers;
using AIMake.Accounts.Jwt;
using AIMake.Accounts.OAuth;
using AIMake.Accounts.Profile;
using AIMake.Accounts.Registration;
using AIMake.Accounts.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Outbound;
using Npgsql;

namespace AIMake.Accounts.Clerk;

/// <summary>
/// Keeps a local user for each of Clerk's. One is made at first sight, whether that is a token or a notice, and refreshed by what Clerk
/// says later, if it is newer than what is known. An address is taken over only where Clerk verified it and nobody else here has it; an
/// account of the same address is never joined.
/// </summary>
internal sealed class ClerkUsers(
    ClerkOptions options, Database database, RegistrationService registration, WaysIn waysIn, AccountRemoval removal, OutboundHttp http, TimeProvider clock, ILogger<ClerkUsers> log)
{
    private const string Provider = "clerk";
    private const int Turns = 3;
    private const string Language = "en";
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(4);
    private const int Capacity = 50_000;
    private readonly ConcurrentDictionary<string, (ClerkCallerState State, long At)> _known = new(StringComparer.Ordinal);

    /// <summary>The user behind a subject, who is made where there is none. Null for one whom Clerk has deleted, or where nobody new is let in.</summary>
    public async ValueTask<ClerkCallerState?> ResolveAsync(string subject, CancellationToken ct)
    {
        if (_known.TryGetValue(subject, out var known) && clock.GetElapsedTime(known.At) < MaxAge)
        {
            return known.State;
        }

        var state = await FindAsync(subject, ct) ?? await WelcomeAsync(subject, ct);
        if (state is not null)
        {
            Keep(subject, state);
        }

        return state;
    }

    public Task<ClerkCallerState?> FindAsync(Guid userId, CancellationToken ct) =>
        database.ReadAsync(DbPurpose.Hot, session => ClerkStore.CallerAsync(session, userId, ct), ct);

    /// <summary>Asks Clerk who the user is now; does nothing without a secret key, or for a user who is not Clerk's.</summary>
    public async Task RefreshAsync(Guid userId, CancellationToken ct)
    {
        if (options.IsOn
            && await database.ReadAsync(DbPurpose.Hot, session => ClerkStore.SubjectOfAsync(session, userId, options.Issuer!, ct), ct) is { } subject
            && await AskAsync(subject, ct) is { } profile)
        {
            await RepeatAsync(session => ApplyAsync(session, profile, ct), ct);
            _known.TryRemove(subject, out _);
        }
    }

    /// <summary>Takes over what a notice says of a user.</summary>
    public async Task ApplyAsync(DbSession session, ClerkProfile profile, CancellationToken ct)
    {
        var row = await ClerkStore.LockAsync(session, profile.Subject, ct);
        if (row.DeletedAt is not null || profile.UpdatedAt < row.UpdatedAt)
        {
            return;
        }

        await ClerkStore.UpdateAsync(session, profile, ct);
        if (await ClerkStore.CallerAsync(session, options.Issuer!, profile.Subject, ct) is not { } user)
        {
            if (await CreateAsync(session, profile.Subject, profile, ct) is { } made && profile.Banned)
            {
                await ClerkStore.DisableAsync(session, made, clock.GetUtcNow(), ct);
            }

            return;
        }

        var status = profile.Banned == row.Banned ? null : profile.Banned ? "disabled" : "active";
        var email = await IsFreeAsync(session, profile.Email, user.Id, ct) ? profile.Email : null;
        await ClerkStore.ApplyAsync(session, user.Id, profile, email, status, clock.GetUtcNow(), ct);
        _known.TryRemove(profile.Subject, out _);
    }

    /// <summary>Before <see cref="BuryAsync"/>, in no transaction: whom it may remove whole. Null: nobody, or others have to be told first and cannot be.</summary>
    public async Task<Guid?> PrepareToBuryAsync(string subject, CancellationToken ct) =>
        await database.ReadAsync(DbPurpose.Hot, session => IdentityStore.FindAsync(session, options.Issuer!, subject, ct), ct) is { } identity
            && await database.TransactAsync(DbPurpose.Hot, session => waysIn.CountAsync(session, identity.UserId, ct), ct) <= 1
            && (await removal.PrepareAsync(identity.UserId, ct)).Ok
                ? identity.UserId
                : null;

    /// <summary>
    /// Whom Clerk deleted does not come back. The account goes with all it holds, unless something else leads into it too; one that cannot
    /// go yet is closed, and <see cref="FinishBurialsAsync"/> comes back to it.
    /// </summary>
    /// <returns>Who was removed: to be given to <see cref="ForgetRemoved"/> once that is committed.</returns>
    public async Task<Guid?> BuryAsync(DbSession session, string subject, Guid? prepared, CancellationToken ct)
    {
        await ClerkStore.LockAsync(session, subject, ct);
        var now = clock.GetUtcNow();
        await ClerkStore.BuryAsync(session, subject, now, ct);
        if (await IdentityStore.FindAsync(session, options.Issuer!, subject, ct) is not { } identity)
        {
            return null;
        }

        _known.TryRemove(subject, out _);
        if (await waysIn.CountAsync(session, identity.UserId, ct) > 1)
        {
            await IdentityStore.DeleteAsync(session, identity.Id, identity.UserId, ct);
            return null;
        }

        if (prepared == identity.UserId)
        {
            await removal.RemoveAsync(session, identity.UserId, ct);
            return prepared;
        }

        await ClerkStore.DisableAsync(session, identity.UserId, now, ct);
        await SessionStore.EndOthersAsync(session, identity.UserId, except: null, "disabled", now, ct);
        return null;
    }

    public void ForgetRemoved(Guid userId) => removal.Forget(userId);

    /// <summary>Tries again what could only be closed when Clerk told.</summary>
    public async Task FinishBurialsAsync(CancellationToken ct)
    {
        if (!options.IsOn)
        {
            return;
        }

        foreach (var subject in await database.ReadAsync(DbPurpose.Jobs, session => ClerkStore.UnfinishedBurialsAsync(session, options.Issuer!, ct), ct))
        {
            if (await PrepareToBuryAsync(subject, ct) is { } prepared
                && await database.TransactAsync(DbPurpose.Jobs, session => BuryAsync(session, subject, prepared, ct), ct) is { } removed)
            {
                removal.Forget(removed);
            }
        }
    }

    /// <summary>Runs a transaction again when somebody else took a name or made the user meanwhile.</summary>
    public async Task RepeatAsync(Func<DbSession, Task> work, CancellationToken ct)
    {
        for (var turn = 1; ; turn++)
        {
            try
            {
                await database.TransactAsync(DbPurpose.Hot, async session => { await work(session); return Done.Value; }, ct);
                return;
            }
            catch (PostgresException e) when (turn < Turns && (Users.TakenField(e) is not null || IdentityStore.IsTaken(e)))
            {
            }
        }
    }

    private Task<ClerkCallerState?> FindAsync(string subject, CancellationToken ct) =>
        database.ReadAsync(DbPurpose.Hot, session => ClerkStore.CallerAsync(session, options.Issuer!, subject, ct), ct);

    private async Task<ClerkCallerState?> WelcomeAsync(string subject, CancellationToken ct)
    {
        var profile = await AskAsync(subject, ct);
        await RepeatAsync(
            async session =>
            {
                var row = await ClerkStore.LockAsync(session, subject, ct);
                if (row.DeletedAt is null && await ClerkStore.CallerAsync(session, options.Issuer!, subject, ct) is null)
                {
                    await CreateAsync(session, subject, profile, ct);
                }
            },
            ct);
        return await FindAsync(subject, ct);
    }

    private async Task<Guid?> CreateAsync(DbSession session, string subject, ClerkProfile? profile, CancellationToken ct)
    {
        var email = await IsFreeAsync(session, profile?.Email, except: null, ct) ? profile!.Email : null;
        var username = PersonNames.Username([profile?.Username, email?.Split('@')[0], profile?.FirstName]);
        if (await Users.FindByLoginAsync(session, username, ct) is not null)
        {
            username = PersonNames.Another(username);
        }

        // A token alone names no address; one under a domain that can never be stands in until Clerk tells.
        var user = new VouchedUser(username, email ?? $"{subject}@clerk.invalid", EmailVerified: email is not null, profile?.FirstName, profile?.LastName);
        var made = await registration.CreateVouchedAsync(session, user, Language, ct);
        if (!made.TryGet(out var id, out var refused))
        {
            AccountsLog.TripRefused(log, Provider, refused.Code.Code);
            return null;
        }

        var now = clock.GetUtcNow();
        await IdentityStore.InsertAsync(session, new IdentityDraft(Guid.CreateVersion7(now), Provider, options.Issuer!, subject, email ?? profile?.Username), id, now, ct);
        return id;
    }

    private static async Task<bool> IsFreeAsync(DbSession session, string? email, Guid? except, CancellationToken ct) =>
        email is not null && ProfileRules.Email(email) is null && (await Users.FindByLoginAsync(session, email, ct) is not { } holder || holder.Id == except);

    /// <summary>Clerk's own description of a user; null without a secret key, or when it does not answer.</summary>
    private async Task<ClerkProfile?> AskAsync(string subject, CancellationToken ct)
    {
        if (options.SecretKey is not { Length: > 0 } secret)
        {
            return null;
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{options.ApiUrl.TrimEnd('/')}/v1/users/{Uri.EscapeDataString(subject)}");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
            var (status, body) = await SmallJson.SendAsync(http, request, ct);
            return status == StatusCodes.Status200OK && SmallJson.Read(body) is { } json && ClerkProfile.From(json) is { } profile && profile.Subject == subject ? profile : null;
        }
        catch (OutboundException e)
        {
            AccountsLog.ProviderUnreachable(log, Provider, e.Failure);
            return null;
        }
    }

    private void Keep(string subject, ClerkCallerState state)
    {
        if (_known.Count >= Capacity)
        {
            _known.Clear();
        }

        _known[subject] = (state, clock.GetTimestamp());
    }
}
