using System.Text.Json;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.ElevenLabs;

/// <summary>
/// The one place where ElevenLabs' refusals become ours. Four shapes of body are about (an object with old and new words, one
/// with old words only, a list, a bare text); a known word in any place counts more than the status, because the vendor says 401
/// for used-up credits and for missing rights as well as for wrong keys.
/// </summary>
internal static class ElevenLabsFaults
{
    /// <summary>
    /// A place is free again when any one of the key's own calls ends; the vendor names no time. Its own advice to clients
    /// begins with about this much.
    /// </summary>
    private static readonly TimeSpan UntilAPlaceIsFree = TimeSpan.FromMilliseconds(750);

    public static async Task<ProviderException> FromAsync(OutboundResponse response, TimeProvider time, CancellationToken ct)
    {
        using var body = await JsonAnswer.ReadErrorAsync(response, ct);
        var detail = body?.RootElement.Member("detail") ?? default;
        var (type, code, status) = (detail.Text("type"), detail.Text("code"), detail.Text("status"));
        var fault = ByWord(status) ?? ByWord(code) ?? StatusFault.Of(IsPayment(type, code, status) ? 402 : response.Status);
        return new ProviderException(fault with
        {
            RetryAfter = response.RetryAfter(time) ?? fault.RetryAfter,
            Detail = $"status {response.Status}, type {StatusFault.Word(type)}, code {StatusFault.Word(code)}, status word {StatusFault.Word(status)}, request {StatusFault.Word(Header(response, "x-request-id") ?? Header(response, "request-id"))}",
        });
    }

    /// <summary>Whether a refusal says that the key is good and only lacks the right to ask this.</summary>
    public static bool IsMissingRight(ProviderFault fault) =>
        fault.Detail is { } detail && (detail.Contains("missing_permissions", StringComparison.Ordinal) || detail.Contains("insufficient_permissions", StringComparison.Ordinal));

    private static ProviderFault? ByWord(string? word) => word switch
    {
        "quota_exceeded" or "insufficient_credits" or "payment_issue" => Fault(ProviderParty.Us, ProviderFaultKind.QuotaExhausted, false),
        // The plan lacks what was asked for; the key is good for everything else.
        "paid_plan_required" or "subscription_required" or "output_format_not_allowed" or "only_for_creator+" or "ivc_not_permitted"
            or "can_not_use_instant_voice_cloning" => Fault(ProviderParty.Us, ProviderFaultKind.Rejected, false),
        "missing_permissions" or "insufficient_permissions" or "invalid_api_key" or "detected_unusual_activity" => Fault(ProviderParty.Us, ProviderFaultKind.Unauthorized, false),
        "too_many_concurrent_requests" or "concurrent_limit_exceeded" => Fault(ProviderParty.Provider, ProviderFaultKind.Throttled, true) with { RetryAfter = UntilAPlaceIsFree },
        "system_busy" or "rate_limit_exceeded" => Fault(ProviderParty.Provider, ProviderFaultKind.Throttled, true),
        "max_character_limit_exceeded" or "invalid_ttd_stability" or "invalid_parameters" => Fault(ProviderParty.Caller, ProviderFaultKind.Rejected, false),
        "voice_not_found" => Fault(ProviderParty.Us, ProviderFaultKind.Rejected, false),
        _ => null,
    };

    /// <summary>The word for a whole family, which stands beside a more precise one or alone.</summary>
    private static bool IsPayment(params ReadOnlySpan<string?> words) => words.Contains("payment_required");

    private static ProviderFault Fault(ProviderParty party, ProviderFaultKind kind, bool retryable) =>
        new(ProviderStage.FirstByte, party, kind, retryable);

    private static string? Header(OutboundResponse response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
