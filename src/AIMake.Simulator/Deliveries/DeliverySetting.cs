namespace AIMake.Simulator.Deliveries;

/// <summary>
/// Body of <c>POST /__deliveries</c>: how events reach the receiver. What is left out behaves well; an empty setting takes the
/// earlier one for the same provider back.
/// </summary>
internal sealed record DeliverySetting
{
    public static readonly DeliverySetting None = new();

    /// <summary><c>stripe</c> or <c>creem</c>; both when left out. One's own setting counts before that for all.</summary>
    public string? Provider { get; init; }

    /// <summary>Only events of these types; all when left out. The others are delivered well.</summary>
    public string[]? Types { get; init; }

    /// <summary>How often each event is sent (1).</summary>
    public int? Copies { get; init; }

    /// <summary>Wait before sending, in ms.</summary>
    public int? DelayMs { get; init; }

    /// <summary>Wait up to so many ms more, each copy by chance: what was first may come last.</summary>
    public int? ShuffleMs { get; init; }

    /// <summary>Keep events back until <c>POST /__deliveries/release</c> sends them in a shuffled order.</summary>
    public bool Hold { get; init; }

    /// <summary>Never send: as if the line were down until every retry was used up.</summary>
    public bool Lose { get; init; }

    /// <summary>Sign with a secret nobody has.</summary>
    public bool Forged { get; init; }

    /// <summary>Send without any signature.</summary>
    public bool Unsigned { get; init; }

    /// <summary>Sign as if so many seconds ago; negative for a time to come.</summary>
    public int? SignedAgo { get; init; }

    /// <summary>Send this as <c>api_version</c> (Stripe).</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Sign with the three <c>webhook-*</c> headers too (Creem).</summary>
    public bool Triple { get; init; }

    /// <summary>Add a member nobody knows to the event and its object.</summary>
    public bool ExtraMembers { get; init; }

    /// <summary>How long to wait before each retry, in ms; as many retries as there are numbers.</summary>
    public int[]? RetryMs { get; init; }

    internal bool IsNone => this with { Provider = null, Types = null } == None;
}
