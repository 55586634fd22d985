using System.Security.Cryptography;
using AIMake.Accounts.Profile;
using AIMake.Accounts.Registration;
using AIMake.Accounts.Sessions;
using AIMake.Accounts.SignIn;
using AIMake.Accounts.Storage;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Secrets;
using Npgsql;

namespace AIMake.Accounts.OAuth;

/// <summary>A browser about to leave for a provider.</summary>
/// <param name="Address">Where it goes.</param>
/// <param name="Browser">What it keeps until it is back.</param>
internal sealed record Departure(Uri Address, OpaqueToken Browser);

/// <summary>How a trip ended, where it did not fail.</summary>
internal abstract record Landing(string ReturnTo)
{
    /// <summary>The user is in.</summary>
    internal sealed record SignedIn(SessionGrant Grant, string ReturnTo) : Landing(ReturnTo);

    /// <summary>A signed-in user has one more way in.</summary>
    internal sealed record Linked(string ReturnTo) : Landing(ReturnTo);

    /// <summary>One thing is left to prove; the browser keeps <paramref name="Arrival"/> until then.</summary>
    /// <param name="Name"><c>link</c>: sign in to the account of the same address. <c>code</c>: the second factor.</param>
    internal sealed record Step(string Name, OpaqueToken Arrival, string ReturnTo) : Landing(ReturnTo);
}

/// <summary>
/// Sign-in through others. A trip: (1) a state and a value for the browser are made and their digests stored; (2) the browser goes to the
/// provider; (3) back, the state is used up and has to fit the browser; (4) the provider is asked, server to server, who came; (5) issuer
/// and subject are looked up. Known: signed in, as a password would. Unknown with an address of an existing account: nothing is linked
/// until the user has signed in to that account as well. Unknown otherwise: a new account, where registration is open.
/// </summary>
internal sealed class OAuthService(
    OAuthProviders providers,
    Database database,
    SessionOpening opening,
    ISecondFactor secondFactor,
    RegistrationService registration,
    IAuditLog audit,
    IServiceProvider services,
    TimeProvider clock,
    ILogger<OAuthService> log)
{
    /// <summary>Time to sign in at the provider.</summary>
    public static readonly TimeSpan TripLife = TimeSpan.FromMinutes(10);

    /// <summary>Time to enter a code.</summary>
    public static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(10);

    /// <summary>Time to sign in to the other account, a mailed reset of its password included.</summary>
    public static readonly TimeSpan LinkLife = TimeSpan.FromHours(1);

    private const string LinkStep = "link";
    private const string CodeStep = "code";
    private const string DefaultReturn = "/studio/speech";
    private const int MaxReturn = 512;
    private const int Names = 5;

    /// <param name="userId">A signed-in user who links an identity; null for somebody who signs in.</param>
    /// <returns>NOT_FOUND for a provider that is not set up, or OAUTH_FAILED.</returns>
    public async Task<Outcome<Departure>> StartAsync(string provider, string? returnTo, string language, Guid? userId, CancellationToken ct)
    {
        if (providers.Find(provider) is not { } there)
        {
            return new Fault(FaultCodes.NotFound);
        }

        var (state, browser) = (OpaqueToken.New(), OpaqueToken.New());
        if (!(await there.DepartAsync(TripOf(there, state.Value, browser), ct)).TryGet(out var address, out var fault))
        {
            return Refuse(provider, fault);
        }

        var trip = new OAuthTripRow
        {
            Browser = browser.Digest, Provider = there.Name, ReturnTo = Local(returnTo), Language = language, UserId = userId, ExpiresAt = clock.GetUtcNow() + TripLife,
        };
        await database.ReadAsync(DbPurpose.Hot, async session => { await OAuthTripStore.DepartAsync(session, state.Digest, trip, ct); return Done.Value; }, ct);
        return new Departure(address, browser);
    }

    /// <param name="provider">From the address.</param>
    /// <param name="answer">What the provider sent the browser back with.</param>
    /// <param name="browser">From the cookie.</param>
    public async Task<Outcome<Landing>> FinishAsync(string provider, ProviderAnswer answer, OpaqueToken? browser, Client client, CancellationToken ct)
    {
        if (providers.Find(provider) is not { } there)
        {
            return new Fault(FaultCodes.NotFound);
        }

        var outcome = await LandAsync(there, answer, browser, client, ct);
        return outcome.Fault is { } fault ? Refuse(provider, fault) : outcome;
    }

    /// <summary>Links what arrived to the caller, who has signed in to the account that it waits for.</summary>
    public async Task<Outcome<string>> LinkAsync(OpaqueToken? arrival, Guid userId, CancellationToken ct)
    {
        if (arrival is null)
        {
            return OAuthFaults.LinkInvalid();
        }

        try
        {
            return await database.TryTransactAsync(
                DbPurpose.Hot,
                async session =>
                {
                    var now = clock.GetUtcNow();
                    if (await OAuthTripStore.FindArrivalAsync(session, arrival.Digest, LinkStep, now, ct) is not { } row || row.UserId != userId
                        || !await OAuthTripStore.EndArrivalAsync(session, arrival.Digest, ct))
                    {
                        return OAuthFaults.LinkInvalid();
                    }

                    await IdentityStore.InsertAsync(session, new IdentityDraft(Guid.CreateVersion7(now), row.Provider, row.Issuer, row.Subject, row.Label), userId, now, ct);
                    await audit.WriteAsync(session, AuditEntry.Own(AuditActions.IdentityLinked, userId, ("provider", row.Provider)), ct);
                    AccountsLog.IdentityLinked(log, row.Provider, userId);
                    return (Outcome<string>)row.ReturnTo;
                },
                ct);
        }
        catch (PostgresException e) when (IdentityStore.IsTaken(e))
        {
            return OAuthFaults.IdentityTaken();
        }
    }

    /// <summary>Lets in whoever arrived and now shows the second factor.</summary>
    public async Task<Outcome<SessionGrant>> EnterCodeAsync(OpaqueToken? arrival, string code, Client client, CancellationToken ct)
    {
        var found = arrival is null
            ? default
            : await database.ReadAsync(
                DbPurpose.Hot,
                async session => await OAuthTripStore.FindArrivalAsync(session, arrival.Digest, CodeStep, clock.GetUtcNow(), ct) is { } row
                    ? await Users.FindAsync(session, row.UserId, ct)
                    : null,
                ct);
        if (found is null)
        {
            return OAuthFaults.LinkInvalid();
        }

        var outcome = await opening.OpenAsync(found, rehash: null, code, client, ct);
        if (outcome.Ok)
        {
            await database.ReadAsync(DbPurpose.Hot, session => OAuthTripStore.EndArrivalAsync(session, arrival!.Digest, ct), ct);
        }

        return outcome;
    }

    private async Task<Outcome<Landing>> LandAsync(IOAuthProvider there, ProviderAnswer answer, OpaqueToken? browser, Client client, CancellationToken ct)
    {
        if (!OpaqueToken.TryParse(answer.State, out var state))
        {
            return OAuthFaults.StateInvalid();
        }

        // Used up whatever comes of it: a state works once.
        var trip = await database.ReadAsync(DbPurpose.Hot, session => OAuthTripStore.TakeAsync(session, state.Digest, ct), ct);
        if (trip is null || browser is null || trip.Provider != there.Name || trip.ExpiresAt <= clock.GetUtcNow() || !CryptographicOperations.FixedTimeEquals(trip.Browser, browser.Digest))
        {
            return OAuthFaults.StateInvalid();
        }

        if (answer.Error is not null || answer.Code is not { Length: > 0 and <= 2048 } code)
        {
            return answer.Error is "access_denied" ? OAuthFaults.Denied(there.DisplayName) : OAuthFaults.Failed(there.DisplayName);
        }

        return (await there.RedeemAsync(TripOf(there, state.Value, browser), code, answer.Issuer, ct)).TryGet(out var person, out var fault)
            ? await RecogniseAsync(there, trip, person, client, ct)
            : fault;
    }

    private async Task<Outcome<Landing>> RecogniseAsync(IOAuthProvider there, OAuthTripRow trip, Person person, Client client, CancellationToken ct)
    {
        var (known, user) = await database.ReadAsync(DbPurpose.Hot, session => FindAsync(session, person, ct), ct);
        if (trip.UserId is { } linking)
        {
            return await AddAsync(there, trip, person, known, linking, ct);
        }

        if (known is not null && user is not null)
        {
            return await EnterAsync(there, trip, person, known, user, client, ct);
        }

        if (person.Email is null || ProfileRules.Email(person.Email) is not null)
        {
            return OAuthFaults.EmailMissing(there.DisplayName);
        }

        return user is not null
            ? await AskToLinkAsync(there, trip, person, user, ct)
            : await RegisterAsync(there, trip, person, client, ct);
    }

    /// <returns>The identity with its user; or, where it is unknown, whoever has the same address.</returns>
    private static async Task<(IdentityRow? Known, UserRow? User)> FindAsync(DbSession session, Person person, CancellationToken ct)
    {
        if (await IdentityStore.FindAsync(session, person.Issuer, person.Subject, ct) is { } known)
        {
            return (known, await Users.FindAsync(session, known.UserId, ct));
        }

        return (null, person.Email is { } email && email.Contains('@', StringComparison.Ordinal) && !email.Contains('\0', StringComparison.Ordinal)
            ? await Users.FindByLoginAsync(session, email, ct)
            : null);
    }

    private async Task<Outcome<Landing>> EnterAsync(
        IOAuthProvider there, OAuthTripRow trip, Person person, IdentityRow known, UserRow user, Client client, CancellationToken ct)
    {
        if (!user.IsActive)
        {
            return new Fault(FaultCodes.AccountDisabled);
        }

        if (await secondFactor.CheckAsync(user, code: null, client, ct) is not null)
        {
            return new Landing.Step(CodeStep, await ArriveAsync(CodeStep, there, trip, person, user.Id, CodeLife, ct), trip.ReturnTo);
        }

        if (!(await opening.OpenAsync(user, rehash: null, code: null, client, ct)).TryGet(out var grant, out var fault))
        {
            return fault;
        }

        await database.ReadAsync(DbPurpose.Hot, async session => { await IdentityStore.TouchAsync(session, known.Id, person.Label, clock.GetUtcNow(), ct); return Done.Value; }, ct);
        return new Landing.SignedIn(grant, trip.ReturnTo);
    }

    private async Task<Outcome<Landing>> AddAsync(IOAuthProvider there, OAuthTripRow trip, Person person, IdentityRow? known, Guid userId, CancellationToken ct)
    {
        if (known is not null)
        {
            return known.UserId == userId ? new Landing.Linked(trip.ReturnTo) : OAuthFaults.IdentityTaken();
        }

        var now = clock.GetUtcNow();
        try
        {
            await database.TransactAsync(
                DbPurpose.Hot,
                async session =>
                {
                    await IdentityStore.InsertAsync(session, Draft(there, person), userId, now, ct);
                    await audit.WriteAsync(session, AuditEntry.Own(AuditActions.IdentityLinked, userId, ("provider", there.Name)), ct);
                    return Done.Value;
                },
                ct);
        }
        catch (PostgresException e) when (IdentityStore.IsTaken(e))
        {
            return OAuthFaults.IdentityTaken();
        }

        AccountsLog.IdentityLinked(log, there.Name, userId);
        return new Landing.Linked(trip.ReturnTo);
    }

    /// <summary>
    /// The address belongs to an account here. Whoever made that account may not be whom the provider vouches for, so it is entered the way
    /// it always was before anything is linked; an address that the provider does not vouch for is not even that much of a hint.
    /// </summary>
    private async Task<Outcome<Landing>> AskToLinkAsync(IOAuthProvider there, OAuthTripRow trip, Person person, UserRow user, CancellationToken ct)
    {
        if (!person.EmailVerified)
        {
            return new Fault(FaultCodes.EmailTaken);
        }

        return user.IsActive
            ? new Landing.Step(LinkStep, await ArriveAsync(LinkStep, there, trip, person, user.Id, LinkLife, ct), trip.ReturnTo)
            : new Fault(FaultCodes.AccountDisabled);
    }

    private async Task<Outcome<Landing>> RegisterAsync(IOAuthProvider there, OAuthTripRow trip, Person person, Client client, CancellationToken ct)
    {
        var username = PersonNames.Username(person.Names);
        for (var turn = 1; ; turn++)
        {
            try
            {
                var outcome = await registration.RegisterVouchedAsync(
                    new VouchedUser(username, person.Email!, person.EmailVerified, person.FirstName, person.LastName), trip.Language, client,
                    (session, user) => IdentityStore.InsertAsync(session, Draft(there, person), user, clock.GetUtcNow(), ct), ct);
                if (outcome.Fault?.Code != FaultCodes.UsernameTaken || turn == Names)
                {
                    return outcome.Select(grant => (Landing)new Landing.SignedIn(grant, trip.ReturnTo));
                }

                username = PersonNames.Another(username);
            }
            catch (PostgresException e) when (IdentityStore.IsTaken(e))
            {
                return OAuthFaults.StateInvalid(); // came twice at once: the other one made the account
            }
        }
    }

    private async Task<OpaqueToken> ArriveAsync(string step, IOAuthProvider there, OAuthTripRow trip, Person person, Guid userId, TimeSpan life, CancellationToken ct)
    {
        var token = OpaqueToken.New();
        var row = new OAuthArrivalRow
        {
            Step = step, UserId = userId, Provider = there.Name, Issuer = person.Issuer, Subject = person.Subject, Label = Label(person), ReturnTo = trip.ReturnTo,
            ExpiresAt = clock.GetUtcNow() + life,
        };
        await database.ReadAsync(DbPurpose.Hot, async session => { await OAuthTripStore.ArriveAsync(session, token.Digest, row, ct); return Done.Value; }, ct);
        return token;
    }

    private IdentityDraft Draft(IOAuthProvider there, Person person) =>
        new(Guid.CreateVersion7(clock.GetUtcNow()), there.Name, person.Issuer, person.Subject, Label(person));

    private static string? Label(Person person)
    {
        var label = new string([.. (person.Label ?? "").Where(c => !char.IsControl(c)).Take(254)]);
        return label.Length == 0 ? null : label;
    }

    private Trip TripOf(IOAuthProvider there, string state, OpaqueToken browser) =>
        new(state, browser, $"{PublicAddress.Of(services)}/api/auth/oauth/{there.Name}/callback");

    /// <summary>A path of this site's own pages; anything else would make us a signpost to strangers.</summary>
    private static string Local(string? path) =>
        path is { Length: > 0 and <= MaxReturn } && path[0] == '/' && (path.Length == 1 || path[1] is not ('/' or '\\')) && path.All(c => c is > ' ' and <= '~' and not '\\')
        && !path.StartsWith("/api/", StringComparison.OrdinalIgnoreCase)
            ? path
            : DefaultReturn;

    private Fault Refuse(string provider, Fault fault)
    {
        AccountsLog.TripRefused(log, provider, fault.Code.Code);
        return fault;
    }
}

/// <summary>What a provider sends the browser back with.</summary>
/// <param name="Issuer">RFC 9207; null where the provider does not say.</param>
internal sealed record ProviderAnswer(string? Code, string? State, string? Error, string? Issuer);
