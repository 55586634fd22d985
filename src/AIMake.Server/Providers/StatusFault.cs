namespace AIMake.Providers;

/// <summary>What an HTTP status means where the vendor says nothing more exact.</summary>
internal static class StatusFault
{
    /// <param name="status">Any but 2xx.</param>
    public static ProviderFault Of(int status) => (status switch
    {
        402 => Fault(ProviderParty.Us, ProviderFaultKind.QuotaExhausted, false),
        429 => Fault(ProviderParty.Provider, ProviderFaultKind.Throttled, true),
        401 or 403 => Fault(ProviderParty.Us, ProviderFaultKind.Unauthorized, false),
        404 or 405 => Fault(ProviderParty.Us, ProviderFaultKind.Rejected, false),
        408 => Fault(ProviderParty.Clock, ProviderFaultKind.Timeout, true),
        409 or 425 => Fault(ProviderParty.Provider, ProviderFaultKind.ServerError, true),
        >= 400 and < 500 => Fault(ProviderParty.Caller, ProviderFaultKind.Rejected, false),
        501 or 505 => Fault(ProviderParty.Provider, ProviderFaultKind.ServerError, false),
        >= 500 and < 600 => Fault(ProviderParty.Provider, ProviderFaultKind.ServerError, true),
        _ => Fault(ProviderParty.Provider, ProviderFaultKind.InvalidResponse, false),
    }) with { Detail = $"status {status}" };

    /// <summary>A vendor's word as it may stand in our log: short, and of the letters identifiers are made of.</summary>
    public static string Word(string? word) =>
        word is null ? "none"
        : word.Length <= 64 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '+') ? word
        : "unprintable";

    private static ProviderFault Fault(ProviderParty party, ProviderFaultKind kind, bool retryable) => new(ProviderStage.FirstByte, party, kind, retryable);
}
