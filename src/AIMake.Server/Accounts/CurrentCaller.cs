using System.Diagnostics.CodeAnalysis;
using AIMake.Accounts.ApiKeys;
using AIMake.Credits;
using AIMake.Platform.Faults;

namespace AIMake.Accounts;

/// <summary>Rank within the installation.</summary>
public enum Role
{
    /// <summary>Signed up, free plan.</summary>
    User,

    /// <summary>On a paid plan.</summary>
    Premium,

    /// <summary>Runs the installation.</summary>
    Admin,
}

/// <summary>
/// Who sent this request, injected into endpoints that need a signed-in user. Set once per request by the authentication
/// middleware; endpoints never parse claims.
/// </summary>
/// <param name="UserId">Owner of everything the request touches.</param>
/// <param name="SessionId">Session behind an access token; null for an API key.</param>
/// <param name="Role">Rank at this moment, not at sign-in.</param>
internal sealed record CurrentCaller(Guid UserId, Guid? SessionId, Role Role)
{
    private const string Key = "aimake.caller";

    /// <summary>The key that sent the request; null for a signed-in user.</summary>
    public ApiKeyGrant? ApiKey { get; init; }

    /// <summary>An admin in person: the key of one is no admin.</summary>
    public bool IsAdmin => Role == Role.Admin && ApiKey is null;

    /// <summary>Whether a model may be used. A signed-in user may use all; refuse with <see cref="ModelNotAllowed"/>.</summary>
    public bool MayUse(string model) => ApiKey?.Models?.Contains(model) ?? true;

    public static Fault ModelNotAllowed(string model) => new(FaultCodes.ModelNotAllowed, model) { Field = "model" };

    /// <summary>Whether work of a kind (<c>speech</c>, <c>image</c>…) may be ordered, where the route alone does not say it.</summary>
    public bool MayMake(string kind) => ApiKey?.Has(ApiKeyScopes.OfKind(kind)) ?? true;

    /// <summary>The budget a hold of this caller must keep; null without one.</summary>
    public Budget? BudgetAt(DateTimeOffset now) =>
        ApiKey is { CreditLimit: { } limit } key ? new Budget(key.Id, limit.Amount, limit.Window.StartOf(now)) : null;

    /// <summary>Stores the caller for the rest of the request.</summary>
    public void Attach(HttpContext context) => context.Items[Key] = this;

    public static bool TryGet(HttpContext context, [NotNullWhen(true)] out CurrentCaller? caller)
    {
        caller = context.Items.TryGetValue(Key, out var value) ? value as CurrentCaller : null;
        return caller is not null;
    }

    /// <summary>Binds the endpoint parameter. The route policy has already refused anonymous requests.</summary>
    public static ValueTask<CurrentCaller?> BindAsync(HttpContext context) =>
        ValueTask.FromResult<CurrentCaller?>(TryGet(context, out var caller)
            ? caller
            : throw new FaultException(new(FaultCodes.Unauthenticated)));
}
