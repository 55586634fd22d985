using System.Globalization;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.Synthesia;

/// <summary>Synthesia's refusals in our words. Its error texts are for people; the status decides.</summary>
internal static class SynthesiaFaults
{
    public static ProviderException From(OutboundResponse response, TimeProvider time) =>
        new(StatusFault.Of(response.Status) with { RetryAfter = Reset(response) ?? response.RetryAfter(time) });

    /// <summary><c>RateLimit-Reset</c>: seconds until asking helps again.</summary>
    private static TimeSpan? Reset(OutboundResponse response) =>
        response.Headers.TryGetValues("RateLimit-Reset", out var values)
        && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
