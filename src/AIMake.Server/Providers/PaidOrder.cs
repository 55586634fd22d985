namespace AIMake.Providers;

/// <summary>
/// Orders of long work at vendors that know no idempotency key. One that was taken, or may have been although its answer was
/// lost, must not be placed a second time: it would be made, and billed, twice. From then on no failure says to try again.
/// </summary>
internal static class PaidOrder
{
    private const int MostMisses = 5;

    /// <summary>Places an order; when its fate is unknown the failure says that trying again is no way out.</summary>
    public static async Task<T> PlaceAsync<T>(Func<Task<T>> order)
    {
        try
        {
            return await order();
        }
        catch (ProviderException e) when (e.Fault.Retryable && MayHaveBegun(e.Fault))
        {
            throw Final(e);
        }
    }

    /// <summary>
    /// Asks about an order until it has ended. A question that fails in passing is asked again, up to five times in a row:
    /// what is being made should not be lost for that.
    /// </summary>
    /// <param name="ask">Null while it is being made; an order that failed has ended, too.</param>
    /// <param name="every">The first pause; half as long again each time, up to <paramref name="atMost"/>.</param>
    public static async Task<T> WaitAsync<T>(Func<Task<T?>> ask, TimeSpan every, TimeSpan atMost, TimeSpan within, TimeProvider time, CancellationToken ct)
        where T : class
    {
        var (began, pause, misses) = (time.GetTimestamp(), every, 0);
        while (time.GetElapsedTime(began) < within)
        {
            await Task.Delay(pause, time, ct);
            pause = pause * 1.5 < atMost ? pause * 1.5 : atMost;
            try
            {
                if (await ask() is { } ended) return ended;
                misses = 0;
            }
            catch (ProviderException e) when (e.Fault.Retryable && ++misses < MostMisses)
            {
                pause = e.Fault.RetryAfter is { } wish && wish > pause ? wish : pause;
            }
            catch (ProviderException e)
            {
                throw Final(e);
            }
        }
        throw new ProviderException(new(ProviderStage.FirstByte, ProviderParty.Clock, ProviderFaultKind.Timeout, Retryable: false, Detail: $"not made after {within}"));
    }

    /// <summary>Fetches what was made.</summary>
    public static async Task<T> RedeemAsync<T>(Func<Task<T>> fetch)
    {
        try
        {
            return await fetch();
        }
        catch (ProviderException e) when (e.Fault.Retryable)
        {
            throw Final(e);
        }
    }

    private static ProviderException Final(ProviderException e) => new(e.Fault with { Retryable = false }, e);

    private static bool MayHaveBegun(ProviderFault fault) =>
        fault is { Stage: not ProviderStage.Connect, Kind: ProviderFaultKind.Timeout or ProviderFaultKind.Interrupted or ProviderFaultKind.InvalidResponse };
}
