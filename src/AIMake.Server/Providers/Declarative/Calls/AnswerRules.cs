using System.Text.Json;

namespace AIMake.Providers.Declarative.Calls;

/// <summary>How an answer is told to be good, and what a bad one means.</summary>
/// <param name="Success">For vendors that answer 200 whatever happens: the value that says it went well; null: the status decides.</param>
/// <param name="Errors">In order; the first that fits decides. After them the status does.</param>
internal sealed record AnswerRules(SuccessRule? Success, IReadOnlyList<ErrorRule> Errors)
{
    public static readonly AnswerRules ByStatus = new(null, []);

    /// <summary>The fault in an answer, or null when it is a good one.</summary>
    /// <param name="body">Undefined when the body was not JSON.</param>
    public ProviderFault? Judge(int status, JsonElement body)
    {
        var succeeded = status is >= 200 and < 300;
        if (succeeded && (Success is null || Success.Holds(body))) return null;
        var rule = Errors.FirstOrDefault(error => error.Fits(status, body));
        if (rule is not null) return rule.Fault($"status {status}, rule {Errors.ToList().IndexOf(rule) + 1} of errors");
        return succeeded
            ? new(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.ServerError, Retryable: true, Detail: $"status {status} without success")
            : StatusFault.Of(status);
    }

    /// <summary>The fault of a task that ended badly.</summary>
    public ProviderFault JudgeFailed(JsonElement body) =>
        Errors.FirstOrDefault(error => error.Status is null && error.Fits(200, body))?.Fault("task failed, by rule")
        ?? new(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.ServerError, Retryable: false, Detail: "task failed");
}

/// <param name="Is">Any of these.</param>
internal sealed record SuccessRule(ValuePath At, IReadOnlyList<string> Is)
{
    public bool Holds(JsonElement body) => At.Word(body) is { } word && Is.Contains(word, StringComparer.Ordinal);
}

/// <summary>One line of the error mapping. All conditions given must hold.</summary>
/// <param name="Status">HTTP statuses; null for any.</param>
/// <param name="At">Where to look in the body.</param>
/// <param name="Is">Any of these words stands there.</param>
/// <param name="Contains">Any of these stands within, whatever the case of its letters.</param>
/// <param name="Retry">Overrides what the kind suggests.</param>
internal sealed record ErrorRule(
    IReadOnlyList<int>? Status, ValuePath? At, IReadOnlyList<string>? Is, IReadOnlyList<string>? Contains, ProviderFaultKind Kind, bool? Retry)
{
    public bool Fits(int status, JsonElement body)
    {
        if (Status is not null && !Status.Contains(status)) return false;
        if (At is null) return true;
        if (At.Word(body) is not { } word) return false;
        return (Is is null && Contains is null)
            || Is?.Contains(word, StringComparer.Ordinal) == true
            || Contains?.Any(piece => word.Contains(piece, StringComparison.OrdinalIgnoreCase)) == true;
    }

    public ProviderFault Fault(string detail) => new(ProviderStage.FirstByte, PartyOf(Kind), Kind, Retry ?? IsPassing(Kind), Detail: detail);

    private static ProviderParty PartyOf(ProviderFaultKind kind) => kind switch
    {
        ProviderFaultKind.Rejected => ProviderParty.Caller,
        ProviderFaultKind.Unauthorized or ProviderFaultKind.QuotaExhausted => ProviderParty.Us,
        ProviderFaultKind.Timeout => ProviderParty.Clock,
        _ => ProviderParty.Provider,
    };

    private static bool IsPassing(ProviderFaultKind kind) =>
        kind is ProviderFaultKind.Throttled or ProviderFaultKind.ServerError or ProviderFaultKind.Timeout or ProviderFaultKind.Unavailable;
}
