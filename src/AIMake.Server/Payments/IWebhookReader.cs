using AIMake.Platform.Faults;

namespace AIMake.Payments;

/// <summary>The outside of an event whose signature is right.</summary>
/// <param name="Id">The provider's, unique for ever.</param>
/// <param name="IsForeign">Of the provider's test world while our key is of the real one, or the reverse: thanked for and not kept.</param>
internal sealed record SignedEvent(string Id, string Type, DateTimeOffset At, bool IsForeign);

/// <summary>An event that was asked for because it was not brought: the provider's answer stands for its signature.</summary>
internal sealed record MissedEvent(SignedEvent Event, byte[] Body);

/// <summary>
/// Reads what one provider sends. The inbox has capped the size and kept the raw bytes before; nothing is parsed before the signature
/// is right.
/// </summary>
internal interface IWebhookReader
{
    /// <summary>As <see cref="IPaymentProvider.Name"/>.</summary>
    string Provider { get; }

    /// <summary>Faults: WEBHOOK_NOT_CONFIGURED (no secret, or one under 16 characters), SIGNATURE_INVALID, TIMESTAMP_OUT_OF_TOLERANCE, INVALID_REQUEST.</summary>
    Outcome<SignedEvent> Verify(IHeaderDictionary headers, ReadOnlyMemory<byte> body, DateTimeOffset now);

    /// <summary>What the event says, without asking anybody. Empty: nothing about money.</summary>
    /// <exception cref="System.Text.Json.JsonException">The body lacks what its type promises; the event is parked.</exception>
    IReadOnlyList<PaymentFact> Read(ReadOnlyMemory<byte> body);

    /// <summary>As <see cref="Read"/>, for an event that had to wait: the provider may be asked for what the body does not tell.</summary>
    Task<IReadOnlyList<PaymentFact>> ReadThoroughlyAsync(ReadOnlyMemory<byte> body, CancellationToken ct) => Task.FromResult(Read(body));

    /// <summary>Events that the provider could not bring since, oldest first, for the nightly comparison; none where it does not list them.</summary>
    Task<IReadOnlyList<MissedEvent>> MissedAsync(DateTimeOffset since, CancellationToken ct) => Task.FromResult<IReadOnlyList<MissedEvent>>([]);
}
