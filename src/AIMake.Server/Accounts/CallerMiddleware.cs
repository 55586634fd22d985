using AIMake.Accounts.Tokens;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Accounts;

/// <summary>
/// The gate in front of every route: reads the access token, attaches the <see cref="CurrentCaller"/>, and lets through what
/// the route's policy allows. A route without a policy lets nobody through.
/// </summary>
internal sealed class CallerMiddleware(
    RequestDelegate next, AccessTokenVerifier tokens, CallerStates states, LiveCallers live, ILogger<CallerMiddleware> log)
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

        var (caller, claims, fault) = await AuthenticateAsync(context);
        if (policy is RoutePolicy.Public)
        {
            caller?.Attach(context);
            await next(context);
            return;
        }

        fault ??= policy is RoutePolicy.Admin && !caller!.IsAdmin ? new Fault(FaultCodes.Forbidden) : null;
        if (fault is not null)
        {
            await FaultWriter.WriteAsync(context, fault);
            return;
        }

        caller!.Attach(context);
        using (live.Enter(context, claims!, caller))
        {
            await next(context);
        }
    }

    private async ValueTask<(CurrentCaller? Caller, AccessClaims? Claims, Fault? Fault)> AuthenticateAsync(HttpContext context)
    {
        if (!BearerToken.TryRead(context.Request, out var token))
        {
            return (null, null, new Fault(FaultCodes.Unauthenticated));
        }

        var (claims, refusal) = tokens.Verify(token);
        var caller = claims is null ? null : await states.ResolveAsync(claims, context.RequestAborted);
        if (caller is not null)
        {
            return (caller, claims, null);
        }

        AccountsLog.TokenRefused(log, refusal ?? TokenRefusal.Revoked, token.Length);
        return (null, null, new Fault(refusal is TokenRefusal.Expired ? FaultCodes.TokenExpired : FaultCodes.InvalidToken));
    }
}
