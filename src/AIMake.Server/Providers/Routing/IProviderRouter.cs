namespace AIMake.Providers.Routing;

/// <summary>
/// Finds a healthy key on a healthy route for every call, tries the next when one fails before its first byte, and learns from
/// how calls end. All out: <see cref="ProviderFaultKind.Unavailable"/> with when to come back.
/// </summary>
internal interface IProviderRouter
{
    /// <summary>
    /// Runs <paramref name="attempt"/> until one succeeds, the tries or the retry budget are used up, or a failure says that
    /// trying again will not help. An attempt ends when its answer has begun; what follows is reported through the lease.
    /// </summary>
    /// <returns>The answer and the lease it came by, which the caller disposes when the answer is wholly read.</returns>
    /// <exception cref="ProviderException">The last failure.</exception>
    Task<(T Answer, ProviderLease Lease)> RunAsync<T>(RouteQuery query, Func<ProviderLease, CancellationToken, Task<T>> attempt, CancellationToken ct);

    /// <summary>
    /// The key that started a long task, to ask about it again. A key that cools down may still be asked; one that was removed
    /// is <see cref="ProviderFaultKind.Unavailable"/>.
    /// </summary>
    /// <exception cref="ProviderException">The provider or the key is gone.</exception>
    Task<ProviderLease> ReopenAsync(string provider, Guid? keyId, Guid userId, CancellationToken ct);

    /// <summary>Whether a provider of that name is set up here, with a key or without need of one.</summary>
    bool IsOffered(string provider);

    /// <summary>Whether requests of OpenAI's shape can be forwarded to it: its vendor has an <see cref="IOpenAiPassage"/>.</summary>
    bool SpeaksOpenAi(string provider);
}

/// <summary>One way to a model.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Model">The model's id there.</param>
/// <param name="Weight">Share where routes are chosen by weight.</param>
/// <param name="Cost">What it costs us, for comparison where routes are chosen by price; null when unknown, which comes last.</param>
internal sealed record Route(string Provider, string Model, int Weight = 1, decimal? Cost = null);

internal enum RouteChoice
{
    /// <summary>As listed.</summary>
    Order,

    /// <summary>At random in proportion to the weights.</summary>
    Weight,

    /// <summary>Cheapest for us first.</summary>
    Price,

    /// <summary>Quickest first byte of late first; routes not yet measured get their turn.</summary>
    Speed,
}

/// <summary>What to call.</summary>
/// <param name="OwnKeyOf">
/// The user whose own key is to be used instead of ours; null for ours. A user without a key for any of the routes is refused as
/// <see cref="ProviderFaultKind.Unavailable"/> by party <see cref="ProviderParty.Caller"/>.
/// </param>
internal sealed record RouteQuery(IReadOnlyList<Route> Routes, RouteChoice Choice = RouteChoice.Order, Guid? OwnKeyOf = null)
{
    /// <summary>
    /// The call starts something paid that may exist although no answer came, a video for instance: it is tried again only
    /// when the vendor was not reached or said no.
    /// </summary>
    public bool Once { get; init; }
}

/// <summary>
/// A place among the calls of one key. Dispose it when the call is over; a call that was not reported as failed counts as
/// a success.
/// </summary>
internal abstract class ProviderLease : IDisposable
{
    public required Route Route { get; init; }

    public required IVendor Vendor { get; init; }

    public required ProviderEndpoint Endpoint { get; init; }

    /// <summary>True when the user's own key is used: such a call costs no credits.</summary>
    public required bool OwnKey { get; init; }

    /// <summary>Which try of the query this is, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The answer has begun; stops the clock that routes are compared by.</summary>
    public abstract void Begun();

    /// <summary>How the call failed after it had begun, or that it was left (<see cref="ProviderFaults.Left"/>). The first word counts.</summary>
    public abstract void Failed(ProviderFault fault);

    public abstract void Dispose();
}

/// <summary>Users' own provider keys, as the router needs them. Implemented by whoever keeps them.</summary>
internal interface IOwnKeys
{
    /// <summary>The user's active key for a provider, opened; null when there is none.</summary>
    ValueTask<ProviderEndpoint?> FindAsync(Guid userId, string provider, CancellationToken ct);

    /// <summary>Whether <see cref="FindAsync"/> finds none because the provider refused what there is.</summary>
    ValueTask<bool> IsRefusedAsync(Guid userId, string provider, CancellationToken ct);

    /// <summary>Tells that a key was used, and how it went; never waits for the database.</summary>
    void Used(Guid userId, ProviderEndpoint endpoint, ProviderFault? fault);
}
