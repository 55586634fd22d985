namespace AIMake.Providers.Routing;

/// <summary>A change in a key's fortune, worth remembering.</summary>
/// <param name="Detail">For the operator: kinds, status codes; never a key.</param>
internal sealed record KeyEvent(DateTimeOffset At, string Provider, Guid KeyId, KeyEventKind Kind, string? Detail = null);

internal enum KeyEventKind
{
    Throttled,
    OutOfQuota,
    Unauthorized,

    /// <summary>Left alone after too many failures.</summary>
    Opened,

    /// <summary>Answers again after having been opened.</summary>
    Closed,

    /// <summary>Back after having been throttled, out of quota or unauthorized.</summary>
    Recovered,

    Added,
    Removed,
}

/// <summary>Takes note of what happens to keys. Called inside the router: must not wait, and must not fail.</summary>
internal interface IKeyEventSink
{
    void Record(KeyEvent happened);
}
