namespace AIMake.Providers.Kie;

/// <summary>The one place where kie.ai's codes become our faults. Its words only tell one thing apart: a file that is not ready yet.</summary>
internal static class KieFaults
{
    /// <summary>What a request is refused for throttling or maintenance has to wait, at least.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NotReady = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Maintenance = TimeSpan.FromMinutes(1);

    /// <param name="code">Of the envelope, or the HTTP status without one.</param>
    /// <param name="words"><c>msg</c>; not kept.</param>
    public static ProviderFault Of(long code, string? words)
    {
        if (code is 400 or 422 && words?.Contains("processing", StringComparison.OrdinalIgnoreCase) == true)
            return Fault(ProviderParty.Provider, ProviderFaultKind.Unavailable, true, "still being made") with { RetryAfter = NotReady };
        var fault = code switch
        {
            400 or 413 or 422 or 451 => Fault(ProviderParty.Caller, ProviderFaultKind.Rejected, false),
            401 or 403 => Fault(ProviderParty.Us, ProviderFaultKind.Unauthorized, false),
            402 => Fault(ProviderParty.Us, ProviderFaultKind.QuotaExhausted, false),
            404 or 405 or 505 => Fault(ProviderParty.Us, ProviderFaultKind.Rejected, false),
            429 => Fault(ProviderParty.Provider, ProviderFaultKind.Throttled, true) with { RetryAfter = Pause },
            455 => Fault(ProviderParty.Provider, ProviderFaultKind.Unavailable, true) with { RetryAfter = Maintenance },
            501 => Fault(ProviderParty.Provider, ProviderFaultKind.ServerError, false), // this task is lost; another may do
            >= 500 and < 600 => Fault(ProviderParty.Provider, ProviderFaultKind.ServerError, true),
            _ => Fault(ProviderParty.Provider, ProviderFaultKind.InvalidResponse, false),
        };
        return fault with { Detail = $"code {code}" };
    }

    /// <summary>Why a task failed.</summary>
    /// <param name="code"><c>errorCode</c>, a number or a word; null when it gave none.</param>
    public static ProviderFault OfTask(long? code)
    {
        var fault = code is { } known and not 200 ? Of(known, null) : Fault(ProviderParty.Provider, ProviderFaultKind.ServerError, false);
        return fault with { RetryAfter = null, Detail = $"task failed, code {code?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}" };
    }

    private static ProviderFault Fault(ProviderParty party, ProviderFaultKind kind, bool retryable, string? detail = null) =>
        new(ProviderStage.FirstByte, party, kind, retryable, Detail: detail);
}
