using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Accounts.Agreement;

/// <summary>Accepts the agreement.</summary>
/// <param name="Version">The version that was read; only the one in force can be accepted.</param>
public sealed record AcceptAgreementRequest(string Version);

internal static class AgreementEndpoints
{
    public static ApiResult<AgreementTexts> InForce(AgreementService agreement) => ApiResult.From<AgreementTexts>(agreement.InForce());

    public static async Task<ApiResult<AgreementState>> Read(CurrentCaller caller, AgreementService agreement, HttpContext context, CancellationToken ct) =>
        ApiResult.From(await agreement.ReadAsync(caller.UserId, RequestLanguage.Of(context), ct));

    public static async Task<ApiResult<AgreementState>> Accept(
        AcceptAgreementRequest body, CurrentCaller caller, AgreementService agreement, HttpContext context, CancellationToken ct) =>
        ApiResult.From(await agreement.AcceptAsync(caller.UserId, body.Version, RequestLanguage.Of(context), ct));
}
