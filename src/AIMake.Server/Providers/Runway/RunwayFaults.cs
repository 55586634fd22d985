using AIMake.Platform.Outbound;

namespace AIMake.Providers.Runway;

/// <summary>
/// The one place where Runway's refusals and failure codes become ours. An empty balance is a 400 that only its words tell
/// from a bad request. Failure codes are matched by their beginnings: the vendor extends them.
/// </summary>
internal static class RunwayFaults
{
    private const string NoCredits = "enough credits";

    public static async Task<ProviderException> FromAsync(OutboundResponse response, TimeProvider time, CancellationToken ct)
    {
        using var body = await JsonAnswer.ReadErrorAsync(response, ct);
        var words = body?.RootElement.Text("error") ?? "";
        var broke = response.Status == 400 && words.Contains(NoCredits, StringComparison.OrdinalIgnoreCase);
        var fault = broke ? new ProviderFault(ProviderStage.FirstByte, ProviderParty.Us, ProviderFaultKind.QuotaExhausted, Retryable: false) : StatusFault.Of(response.Status);
        if (response.Status is 500 or 504) fault = fault with { Retryable = false }; // an order may have been taken all the same
        if (response.Headers.TryGetValues("x-should-retry", out var says) && bool.TryParse(says.First(), out var retry) && fault.Kind is ProviderFaultKind.ServerError or ProviderFaultKind.Throttled)
            fault = fault with { Retryable = retry };
        return new ProviderException(fault with { RetryAfter = response.RetryAfter(time), Detail = $"status {response.Status}{(broke ? ", no credits" : "")}" });
    }

    /// <param name="code"><c>failureCode</c> of a failed task; null when it gave none, which counts as its own failure.</param>
    public static ProviderFault OfTask(string? code)
    {
        var (party, kind, retryable) = code switch
        {
            null => (ProviderParty.Provider, ProviderFaultKind.ServerError, true),
            _ when Begins("SAFETY.INPUT") || Begins("INPUT_PREPROCESSING.SAFETY") || Begins("SAFETY.OUTPUT") => (ProviderParty.Caller, ProviderFaultKind.Rejected, false),
            _ when Begins("ASSET") || Begins("THIRD_PARTY.INPUT_VALIDATION") => (ProviderParty.Caller, ProviderFaultKind.Rejected, false),
            _ when Begins("THIRD_PARTY.UNAVAILABLE") => (ProviderParty.Provider, ProviderFaultKind.Unavailable, true),
            _ when Begins("INTERNAL") || Begins("INPUT_PREPROCESSING.INTERNAL") => (ProviderParty.Provider, ProviderFaultKind.ServerError, true),
            _ => (ProviderParty.Provider, ProviderFaultKind.ServerError, false),
        };
        return new ProviderFault(ProviderStage.FirstByte, party, kind, retryable, Detail: $"task failed, code {StatusFault.Word(code)}");

        bool Begins(string prefix) => code.StartsWith(prefix, StringComparison.Ordinal) && (code.Length == prefix.Length || code[prefix.Length] == '.');
    }
}
