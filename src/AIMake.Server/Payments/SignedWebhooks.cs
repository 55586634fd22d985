using System.Text.Json;
using AIMake.Platform.Faults;

namespace AIMake.Payments;

/// <summary>What readers of signed events share: which secrets count, that nothing is parsed before the signature is right, and how.</summary>
/// <param name="secrets">As set; while one is being changed, both.</param>
internal abstract class SignedWebhooks(string[] secrets) : IWebhookReader
{
    /// <summary>A secret shorter than this verifies nothing.</summary>
    public const int ShortestSecret = 16;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64 };

    public abstract string Provider { get; }

    /// <summary>Those long enough to verify anything.</summary>
    public static IReadOnlyList<string> Usable(string[] secrets) => [.. secrets.Select(s => s.Trim()).Where(s => s.Length >= ShortestSecret)];

    public Outcome<SignedEvent> Verify(IHeaderDictionary headers, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        var usable = Usable(secrets);
        if (usable.Count == 0)
        {
            return new Fault(FaultCodes.WebhookNotConfigured, Provider);
        }

        if (Check(headers, body.Span, usable, now) is { } fault)
        {
            return fault;
        }

        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return Outside(document.RootElement);
        }
        catch (JsonException)
        {
            return new Fault(FaultCodes.MalformedJson);
        }
    }

    public IReadOnlyList<PaymentFact> Read(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body, Strict);
        return Facts(document.RootElement);
    }

    public abstract Task<IReadOnlyList<PaymentFact>> ReadThoroughlyAsync(ReadOnlyMemory<byte> body, CancellationToken ct);

    public virtual Task<IReadOnlyList<MissedEvent>> MissedAsync(DateTimeOffset since, CancellationToken ct) => Task.FromResult<IReadOnlyList<MissedEvent>>([]);

    /// <returns>The fault, or null when the signature is right. Faults: SIGNATURE_INVALID, TIMESTAMP_OUT_OF_TOLERANCE.</returns>
    protected abstract Fault? Check(IHeaderDictionary headers, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets, DateTimeOffset now);

    /// <summary>Id, type and time of an event whose signature is right.</summary>
    protected abstract Outcome<SignedEvent> Outside(JsonElement e);

    /// <exception cref="JsonException">The event lacks what its type promises.</exception>
    protected abstract IReadOnlyList<PaymentFact> Facts(JsonElement e);
}
