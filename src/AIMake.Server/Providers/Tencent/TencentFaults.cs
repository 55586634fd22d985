using System.Text.Json;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.Tencent;

/// <summary>The one place where Tencent Cloud's errors become ours: by the whole code first, then by the part before its dot.</summary>
internal static class TencentFaults
{
    /// <exception cref="ProviderException">The answer holds an error.</exception>
    public static void ThrowIfRefused(JsonElement result)
    {
        if (!result.TryGetProperty("Error", out var error) || error.ValueKind == JsonValueKind.Null) return;
        var code = error.Text("Code");
        throw new ProviderException(Classify(code) with { Detail = $"code {StatusFault.Word(code)}, request {StatusFault.Word(result.Text("RequestId"))}" });
    }

    /// <summary>Errors of the API come with 200; any other status is from something in between.</summary>
    public static ProviderException FromStatus(OutboundResponse response, TimeProvider time) =>
        new(StatusFault.Of(response.Status) with { RetryAfter = response.RetryAfter(time) });

    /// <summary>Whether the API itself refused what was asked, rather than who asked: the signature was accepted.</summary>
    public static bool KeyIsGood(ProviderFault fault) =>
        fault.Detail is { } detail && detail.StartsWith("code ", StringComparison.Ordinal)
        && (fault.Kind == ProviderFaultKind.Rejected || detail.StartsWith("code FailedOperation", StringComparison.Ordinal));

    private static ProviderFault Classify(string? code) => code switch
    {
        // Our clock is wrong, or the answer took minutes: a fresh signature may do.
        "AuthFailure.SignatureExpire" => Fault(ProviderParty.Us, ProviderFaultKind.Unauthorized, true),
        "UnsupportedOperation.AccountArrears" or "UnsupportedOperation.NoBanlance" or "UnsupportedOperation.NoBalance"
            or "UnsupportedOperation.NoFreeAccount" or "UnsupportedOperation.ServerNotOpen" => Fault(ProviderParty.Us, ProviderFaultKind.QuotaExhausted, false),
        "UnsupportedOperation.TextTooLong" => Fault(ProviderParty.Caller, ProviderFaultKind.Rejected, false),
        _ => ByFamily(code?.Split('.')[0]),
    };

    private static ProviderFault ByFamily(string? family) => family switch
    {
        "AuthFailure" or "UnauthorizedOperation" => Fault(ProviderParty.Us, ProviderFaultKind.Unauthorized, false),
        "LimitExceeded" or "RequestLimitExceeded" => Fault(ProviderParty.Provider, ProviderFaultKind.Throttled, true),
        "InternalError" or "ResourceInsufficient" or "ResourceUnavailable" or "FailedOperation" => Fault(ProviderParty.Provider, ProviderFaultKind.ServerError, true),
        "InvalidParameter" or "InvalidParameterValue" or "MissingParameter" or "UnknownParameter" => Fault(ProviderParty.Caller, ProviderFaultKind.Rejected, false),
        "InvalidAction" or "ActionOffline" or "NoSuchVersion" or "ResourceNotFound" or "ResourceInUse" or "UnsupportedOperation" or "UnsupportedProtocol"
            or "UnsupportedRegion" => Fault(ProviderParty.Us, ProviderFaultKind.Rejected, false),
        _ => new(ProviderStage.Decode, ProviderParty.Provider, ProviderFaultKind.InvalidResponse, Retryable: true),
    };

    private static ProviderFault Fault(ProviderParty party, ProviderFaultKind kind, bool retryable) =>
        new(ProviderStage.FirstByte, party, kind, retryable);
}
