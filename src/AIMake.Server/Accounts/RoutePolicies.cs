namespace AIMake.Accounts;

/// <summary>Who may call a route. Every route declares exactly one; a route that declares none is refused to everybody.</summary>
internal enum RoutePolicy
{
    /// <summary>Anybody. A valid access token is still understood and attaches its caller.</summary>
    Public,

    /// <summary>A signed-in user.</summary>
    Caller,

    /// <summary>A signed-in user of role <see cref="Role.Admin"/>.</summary>
    Admin,
}

/// <summary>The endpoint metadata behind <see cref="RoutePolicies"/>.</summary>
internal sealed record RoutePolicyMetadata(RoutePolicy Policy);

/// <summary>Declares who may call a route or a whole group: <c>app.MapGroup("/api/audios").RequireCaller()</c>.</summary>
internal static class RoutePolicies
{
    public static TBuilder Public<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RoutePolicyMetadata(RoutePolicy.Public));

    public static TBuilder RequireCaller<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RoutePolicyMetadata(RoutePolicy.Caller));

    public static TBuilder RequireAdmin<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RoutePolicyMetadata(RoutePolicy.Admin));

    /// <summary>Null when the endpoint declares none, or more than one: both are mistakes, and both close the route.</summary>
    public static RoutePolicy? Of(Endpoint endpoint) =>
        endpoint.Metadata.GetOrderedMetadata<RoutePolicyMetadata>() is [var only] ? only.Policy : null;

    /// <summary>Names every route that does not declare exactly one policy.</summary>
    public static IReadOnlyList<string> Faulty(IEnumerable<Endpoint> endpoints) =>
        [.. endpoints.Where(e => Of(e) is null).Select(e => e.DisplayName ?? e.ToString() ?? "?").Distinct().Order(StringComparer.Ordinal)];
}
