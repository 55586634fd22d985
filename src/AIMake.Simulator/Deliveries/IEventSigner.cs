namespace AIMake.Simulator.Deliveries;

/// <summary>What is a provider's own about its webhooks.</summary>
internal interface IEventSigner
{
    /// <summary>As in settings and addresses, e.g. <c>stripe</c>.</summary>
    string Provider { get; }

    /// <summary>How long to wait before each retry, in ms; the real waits made shorter.</summary>
    IReadOnlyList<int> RetryMs { get; }

    /// <summary>Whether an answer with this status means that the event was taken.</summary>
    bool Takes(int status);

    /// <summary>Headers that sign a body.</summary>
    /// <param name="secret">Of the receiver's end, or a wrong one.</param>
    /// <param name="at">When it is signed, or pretended to be.</param>
    IEnumerable<(string Name, string Value)> Sign(string secret, byte[] body, string eventId, DateTimeOffset at, DeliverySetting setting);
}
