using System.Globalization;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.Synthesia;

/// <summary>The one place where Synthesia's refusals become ours. Its error texts are for people; the status decides.</summary>
internal static class SynthesiaFaults
{
    public static ProviderException From(OutboundResponse response) => new((response.Status switch
    {
        401 or 403 => Fault(ProviderParty.Us, ProviderFaultKind.Unauthorized, false),
        402 => Fault(ProviderParty.Us, ProviderFaultKind.QuotaExhausted, false),
        404 or 405 => Fault(ProviderParty.Us, ProviderFaultKind.Rejected, false),
        408 => Fault(ProviderParty.Clock, ProviderFaultKind.Timeout, true),
        429 => Fault(ProviderParty.Provider, ProviderFaultKind.Throttled, true),
        >= 400 and < 500 => Fault(ProviderParty.Caller, ProviderFaultKind.Rejected, false),
        >= 500 and < 600 => Fault(ProviderParty.Provider, ProviderFaultKind.ServerError, true),
        _ => Fault(ProviderParty.Provider, ProviderFaultKind.InvalidResponse, false),
    }) with { RetryAfter = Reset(response), Detail = $"status {response.Status}" });

    /// <summary><c>RateLimit-Reset</c>: seconds until asking helps again.</summary>
    private static TimeSpan? Reset(OutboundResponse response) =>
        response.Headers.TryGetValues("RateLimit-Reset", out var values)
        && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private static ProviderFault Fault(ProviderParty party, ProviderFaultKind kind, bool retryable) =>
        new(ProviderStage.FirstByte, party, kind, retryable);
}
