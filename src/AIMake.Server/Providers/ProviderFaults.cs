using AIMake.Platform.Faults;
using AIMake.Platform.Outbound;

namespace AIMake.Providers;

/// <summary>The two ways a provider's failure is translated: up from the wire, and on to the caller.</summary>
internal static class ProviderFaults
{
    /// <param name="begun">Whether sound had already been handed on.</param>
    public static ProviderException From(OutboundException e, bool begun)
    {
        var stage = begun ? ProviderStage.Stream : ProviderStage.FirstByte;
        return new ProviderException(e.Failure switch
        {
            OutboundFailure.NotAllowed => new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Unreachable, Retryable: false, Detail: "address not allowed; see Outbound:AllowedHosts"),
            OutboundFailure.HeaderNotAllowed => new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Unauthorized, Retryable: false, Detail: "a header value has characters that cannot be sent"),
            OutboundFailure.Unreachable => new(ProviderStage.Connect, ProviderParty.Provider, ProviderFaultKind.Unreachable, Retryable: true, Detail: e.Detail),
            OutboundFailure.ConnectTimeout => new(ProviderStage.Connect, ProviderParty.Clock, ProviderFaultKind.Timeout, Retryable: true),
            OutboundFailure.FirstByteTimeout => new(ProviderStage.FirstByte, ProviderParty.Clock, ProviderFaultKind.Timeout, Retryable: true),
            OutboundFailure.IdleTimeout or OutboundFailure.TotalTimeout => new(stage, ProviderParty.Clock, ProviderFaultKind.Timeout, Retryable: true, Detail: e.Detail),
            OutboundFailure.Redirected => new(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.Redirected, Retryable: false, Detail: e.Detail),
            OutboundFailure.TooLarge or OutboundFailure.InvalidResponse => new(ProviderStage.Decode, ProviderParty.Provider, ProviderFaultKind.InvalidResponse, Retryable: true, Detail: e.Detail),
            OutboundFailure.Interrupted => new(stage, ProviderParty.Provider, ProviderFaultKind.Interrupted, Retryable: true, Detail: e.Detail),
            _ => new(stage, ProviderParty.Us, ProviderFaultKind.Unreachable, Retryable: false, Detail: e.Detail),
        }, e);
    }

    /// <summary>Whoever asked went away, or cut the call themselves: nobody's failure.</summary>
    public static ProviderFault Left { get; } = new(ProviderStage.Stream, ProviderParty.Caller, ProviderFaultKind.Interrupted, Retryable: false, Detail: "left");

    public static bool IsLeft(ProviderFault fault) => fault is { Party: ProviderParty.Caller, Kind: ProviderFaultKind.Interrupted };

    /// <summary>An answer that is not what it should be.</summary>
    public static ProviderException Invalid(string detail) =>
        new(new(ProviderStage.Decode, ProviderParty.Provider, ProviderFaultKind.InvalidResponse, Retryable: true, Detail: detail));

    /// <summary>What the person who asked is told. Details stay in the log; our keys and limits are our business, but a key of their own is theirs.</summary>
    public static Fault ToFault(ProviderFault fault, string provider, bool ownKey = false) => fault.Kind switch
    {
        ProviderFaultKind.Unavailable when ownKey && fault.Party == ProviderParty.Caller => new Fault(FaultCodes.OwnKeyMissing, provider),
        ProviderFaultKind.Unauthorized or ProviderFaultKind.QuotaExhausted when ownKey => new Fault(FaultCodes.OwnKeyRefused, provider),
        ProviderFaultKind.Timeout => new Fault(FaultCodes.UpstreamTimeout, provider),
        ProviderFaultKind.Interrupted when fault.Stage == ProviderStage.Stream => new Fault(FaultCodes.UpstreamInterrupted, provider),
        ProviderFaultKind.Redirected => new Fault(FaultCodes.UpstreamRedirect, provider),
        ProviderFaultKind.InvalidResponse => new Fault(FaultCodes.UpstreamInvalidResponse, provider),
        ProviderFaultKind.Rejected => new Fault(FaultCodes.UpstreamRejected, provider),
        ProviderFaultKind.Throttled or ProviderFaultKind.Unavailable or ProviderFaultKind.QuotaExhausted => Busy(fault, provider),
        _ => new Fault(FaultCodes.UpstreamError, provider),
    };

    private static Fault Busy(ProviderFault fault, string provider)
    {
        var wait = fault.RetryAfter ?? TimeSpan.FromSeconds(fault.Kind == ProviderFaultKind.QuotaExhausted ? 300 : 10);
        return new Fault(FaultCodes.ProviderBusy, provider, Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))) { RetryAfter = wait };
    }
}
