namespace AIMake.Providers;

/// <summary>
/// Orders of long work at vendors that know no idempotency key. One that may have been taken although its answer was lost must
/// not be placed a second time: it would be made, and billed, twice.
/// </summary>
internal static class PaidOrder
{
    /// <summary>Places an order; when its fate is unknown the failure says that trying again is no way out.</summary>
    public static async Task<T> OnceAsync<T>(Func<Task<T>> order)
    {
        try
        {
            return await order();
        }
        catch (ProviderException e) when (e.Fault.Retryable && MayHaveBegun(e.Fault))
        {
            throw new ProviderException(e.Fault with { Retryable = false }, e);
        }
    }

    private static bool MayHaveBegun(ProviderFault fault) =>
        fault is { Stage: not ProviderStage.Connect, Kind: ProviderFaultKind.Timeout or ProviderFaultKind.Interrupted or ProviderFaultKind.InvalidResponse };
}
