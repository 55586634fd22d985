using AIMake.Accounts.ApiKeys;
using AIMake.Accounts.Clerk;
using AIMake.Accounts.Roles;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Accounts;

/// <summary>
/// The gate in front of every route: reads the access token or API key, attaches the <see cref="CurrentCaller"/>, and lets
/// through what the route's policy and the key's scopes allow. A route without a policy lets nobody through; one that names no
/// scope, no key.
/// </summary>
internal sealed class CallerMiddleware(
    RequestDelegate next, AccessTokenVerifier tokens, ClerkCallers clerk, CallerStates states, ApiKeyStates keys, ApiKeySlots slots, ApiKeyUses uses, LiveCallers live,
    ILogger<CallerMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        // Not a route of ours: files of the web app, or the framework's own 404, 405 and 415.
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            await next(context);
            return;
        }

        if (RoutePolicies.Of(endpoint) is not { } policy)
        {
            AccountsLog.RouteWithoutPolicy(log, endpoint.DisplayName);
            await FaultWriter.WriteAsync(context, new Fault(FaultCodes.Forbidden));
            return;
        }

        var admission = await AuthenticateAsync(context, endpoint);
        var judged = Judge(admission, policy, RoutePolicies.PermissionOf(endpoint), RoutePolicies.ScopesOf(endpoint));
        if (judged.Fault is { } fault)
        {
            await FaultWriter.WriteAsync(context, fault);
            return;
        }

        if (judged.Caller is not { } caller)
        {
            await next(context);
            return;
        }

        caller.Attach(context);
        if (caller.ApiKey is null)
        {
            using (live.Enter(context, admission.Proof, caller))
            {
                await next(context);
            }

            return;
        }

        await PassKeyAsync(context, admission.Proof, caller, caller.ApiKey);
    }

    private async Task PassKeyAsync(HttpContext context, CallerProof proof, CurrentCaller caller, ApiKeyGrant key)
    {
        uses.Mark(key.Id);
        var (slot, full) = slots.TryEnter(key);
        if (full is not null)
        {
            await FaultWriter.WriteAsync(context, full);
            return;
        }

        using (slot)
        using (live.Enter(context, proof, caller))
        {
            await next(context);
        }
    }

    /// <summary>What becomes of the request: refused, let through as somebody, or let through as anybody.</summary>
    private static (CurrentCaller? Caller, Fault? Fault) Judge(Admission admission, RoutePolicy policy, Permission permission, ApiKeyScope scopes)
    {
        var (caller, _, fault, exposed) = admission;
        if (policy is RoutePolicy.Public)
        {
            // Anybody may: credentials that are no good are as none, except where a key lies open in the address.
            return caller?.ApiKey is { } visitor && !visitor.Has(scopes)
                ? (null, scopes is ApiKeyScope.None ? null : ApiKeyScopes.Denied(scopes))
                : (caller, exposed ? fault : null);
        }

        if (fault is not null)
        {
            return (null, fault);
        }

        if (caller!.ApiKey is { } key && (policy is RoutePolicy.Admin || !key.Has(scopes)))
        {
            return (null, ApiKeyScopes.Denied(scopes));
        }

        return PermissionTable.Allows(caller.Role, permission) ? (caller, null) : (null, new Fault(FaultCodes.Forbidden));
    }

    private async ValueTask<Admission> AuthenticateAsync(HttpContext context, Endpoint endpoint)
    {
        var credentials = RequestCredentials.Read(context.Request);
        switch (credentials.Kind)
        {
            case CredentialKind.None:
                return new Admission(null, default, new Fault(FaultCodes.Unauthenticated));
            case CredentialKind.Session:
                var (admission, refusal) = await RecogniseAsync(credentials.Text, endpoint, context.RequestAborted);
                return admission ?? Refuse(refusal ?? TokenRefusal.Revoked, credentials.Length, refusal is TokenRefusal.Expired ? FaultCodes.TokenExpired : FaultCodes.InvalidToken);
            case CredentialKind.ApiKey:
                return await keys.ResolveAsync(credentials.Key) is { } program
                    ? new Admission(program, new CallerProof(null, credentials.Key), null)
                    : Refuse(TokenRefusal.Revoked, credentials.Length, FaultCodes.InvalidApiKey);
            case CredentialKind.Refused:
                return Refuse(TokenRefusal.ApiKey, credentials.Length, FaultCodes.InvalidApiKey);
            default:
                return Refuse(TokenRefusal.ApiKey, credentials.Length, FaultCodes.InvalidToken) with { Exposed = true };
        }
    }

    /// <summary>By a token of our own, or by one of Clerk's where that is set up: the algorithm tells them apart, and each has keys of its own.</summary>
    private async ValueTask<(Admission? Admission, TokenRefusal? Refusal)> RecogniseAsync(string text, Endpoint endpoint, CancellationToken ct)
    {
        var (token, unreadable) = SignedToken.Open(text);
        if (token is null)
        {
            return (null, unreadable);
        }

        if (clerk.Speaks(token))
        {
            var (caller, unfit) = await clerk.ResolveAsync(token, ct);
            return (caller is null ? null : new Admission(caller, new CallerProof(null, default, caller.UserId), null), unfit);
        }

        var (claims, refusal) = tokens.Verify(token);
        return claims is not null && await ResolveAsync(claims, endpoint, ct) is { } user ? (new Admission(user, new CallerProof(claims, default), null), null) : (null, refusal);
    }

    private async ValueTask<CurrentCaller?> ResolveAsync(AccessClaims claims, Endpoint endpoint, CancellationToken ct)
    {
        try
        {
            return await states.ResolveAsync(claims, ct);
        }
        catch (DatabaseFaultException e) when (endpoint.Metadata.GetMetadata<TokenSufficesMetadata>() is not null)
        {
            AccountsLog.TokenSufficed(log, e.Fault.Code.Code);
            return new CurrentCaller(claims.UserId, claims.SessionId, Role.User);
        }
    }

    private Admission Refuse(TokenRefusal refusal, int length, FaultCode code)
    {
        AccountsLog.TokenRefused(log, refusal, length);
        return new Admission(null, default, new Fault(code));
    }

    /// <summary>Who it is and by what, or why not.</summary>
    /// <param name="Exposed">A key stands in the address: refused even where anybody may pass.</param>
    private readonly record struct Admission(CurrentCaller? Caller, CallerProof Proof, Fault? Fault, bool Exposed = false);
}
