using System.Diagnostics.CodeAnalysis;

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

    public bool IsAdmin => Role == Role.Admin;

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
            : throw new Platform.Faults.FaultException(new(Platform.Faults.FaultCodes.Unauthenticated)));
}
