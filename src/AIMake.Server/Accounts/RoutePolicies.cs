using AIMake.Accounts.ApiKeys;
using AIMake.Accounts.Roles;

namespace AIMake.Accounts;

/// <summary>Who may call a route. Every route declares exactly one; a route that declares none is refused to everybody.</summary>
internal enum RoutePolicy
{
    /// <summary>Anybody. A valid access token is still understood and attaches its caller.</summary>
    Public,

    /// <summary>A signed-in user; also an API key, where the route names a scope for it.</summary>
    Caller,

    /// <summary>A signed-in user whose role has the route's permission, in person.</summary>
    Admin,
}

/// <summary>The endpoint metadata behind <see cref="RoutePolicies"/>.</summary>
internal sealed record RoutePolicyMetadata(RoutePolicy Policy, Permission Permission = Permission.UseServer);

/// <summary>Which scopes of an API key open the route; <see cref="ApiKeyScope.None"/> where only a session does. The last one declared counts.</summary>
internal sealed record RouteScopeMetadata(ApiKeyScope AnyOf);

/// <summary>The route may be passed on an access token alone while the database cannot say whether its session still stands.</summary>
internal sealed record TokenSufficesMetadata;

/// <summary>Declares who may call a route or a whole group: <c>app.MapGroup("/api/audios").RequireCaller()</c>.</summary>
internal static class RoutePolicies
{
    public static TBuilder Public<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RoutePolicyMetadata(RoutePolicy.Public));

    public static TBuilder RequireCaller<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RoutePolicyMetadata(RoutePolicy.Caller));

    public static TBuilder RequireAdmin<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.Require(Permission.Administer);

    /// <summary>Lets in whose role has a permission of the administration (<see cref="PermissionTable"/>); never a key.</summary>
    public static TBuilder Require<TBuilder>(this TBuilder builder, Permission permission)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RoutePolicyMetadata(RoutePolicy.Admin, permission));

    /// <summary>Opens the route to API keys that have one of the scopes.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, ApiKeyScope anyOf)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RouteScopeMetadata(anyOf));

    /// <summary>Keeps every API key out: accounts, keys and the like are managed by people.</summary>
    public static TBuilder SessionOnly<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RouteScopeMetadata(ApiKeyScope.None));

    /// <summary>
    /// Lets an access token pass by its signature and age, at most a quarter of an hour, while the database is away. Only for routes that
    /// show nothing and spend nothing of the account's.
    /// </summary>
    public static TBuilder TokenSuffices<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new TokenSufficesMetadata());

    /// <summary>Scopes that open the endpoint; a route that says nothing is closed to keys.</summary>
    public static ApiKeyScope ScopesOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<RouteScopeMetadata>()?.AnyOf ?? ApiKeyScope.None;

    /// <summary>Names every route for callers that does not say whether keys may use it.</summary>
    public static IReadOnlyList<string> Silent(IEnumerable<Endpoint> endpoints) =>
        [.. endpoints.Where(e => Of(e) is RoutePolicy.Caller && e.Metadata.GetMetadata<RouteScopeMetadata>() is null)
            .Select(e => e.DisplayName ?? e.ToString() ?? "?").Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Null when the endpoint declares none, or more than one: both are mistakes, and both close the route.</summary>
    public static RoutePolicy? Of(Endpoint endpoint) =>
        endpoint.Metadata.GetOrderedMetadata<RoutePolicyMetadata>() is [var only] ? only.Policy : null;

    /// <summary>What the route asks for beyond its policy.</summary>
    public static Permission PermissionOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<RoutePolicyMetadata>()?.Permission ?? Permission.UseServer;

    /// <summary>Names every route that does not declare exactly one policy.</summary>
    public static IReadOnlyList<string> Faulty(IEnumerable<Endpoint> endpoints) =>
        [.. endpoints.Where(e => Of(e) is null).Select(e => e.DisplayName ?? e.ToString() ?? "?").Distinct().Order(StringComparer.Ordinal)];
}
