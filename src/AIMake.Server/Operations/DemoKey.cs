using System.Security.Cryptography;
using AIMake.Accounts.ApiKeys;
using AIMake.Accounts.Registration;
using AIMake.Accounts.SignIn;
using AIMake.Accounts.Storage;
using AIMake.Credits;
using AIMake.Platform.Database;

namespace AIMake.Operations;

/// <summary>Settings <c>Simulation:*</c>, for a server whose providers are a simulator.</summary>
internal sealed class SimulationOptions
{
    public const string Section = "Simulation";

    /// <summary>At each start, makes an API key of a user with credits, and prints it. Never switch it on where others can read the output.</summary>
    public bool DemoKey { get; set; }
}

/// <summary>
/// An API key for trying things out: of one user, who gets play money once a day and whose earlier key ends when a new one is
/// made. Nobody knows the user's password.
/// </summary>
internal sealed class DemoKey(Database database, RegistrationService registration, ApiKeyService keys, ICreditLedger ledger, TimeProvider clock)
{
    private const string Username = "simulated";
    private const string KeyName = "Simulation";

    private static readonly Micro PlayMoney = Micro.FromCredits(1000);

    /// <summary>Null when nobody may sign up here.</summary>
    public async Task<string?> MakeAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is null) await RegisterAsync(ct);
        if (await FindAsync(ct) is not { } user) return null;
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var grant = new GrantOrder(user, PlayMoney, "promotion", $"simulation:{user}:{today:yyyy-MM-dd}", 20, clock.GetUtcNow().AddDays(1), "Simulation");
        await database.TransactAsync(DbPurpose.Admin, session => ledger.GrantAsync(session, grant, ct), ct);
        await EndEarlierAsync(user, ct);
        var made = await keys.CreateAsync(user, new ApiKeyRequest(KeyName, ApiKeyScopes.Names), ct);
        return made.Ok ? made.Value.Secret : null;
    }

    private async Task<Guid?> FindAsync(CancellationToken ct) =>
        (await database.ReadAsync(DbPurpose.Admin, session => Users.FindByLoginAsync(session, Username, ct), ct))?.Id;

    private Task RegisterAsync(CancellationToken ct) => registration.RegisterAsync(
        new RegisterRequest(Username, "simulated@example.com", Convert.ToBase64String(RandomNumberGenerator.GetBytes(24)), Agreement: true),
        new Client("127.0.0.1", "127.0.0.1", "AIMake"), "en", ct);

    private async Task EndEarlierAsync(Guid user, CancellationToken ct)
    {
        var kept = await database.ReadAsync(DbPurpose.Admin, session => ApiKeyStore.ListAsync(session, user, null, null, ApiKeyService.MostKeys, ct), ct);
        foreach (var key in kept.Where(key => key.Name == KeyName)) await keys.RevokeAsync(user, key.Id, ct);
    }
}
