using AIMake.Platform.Http;
using Microsoft.AspNetCore.Mvc;

namespace AIMake.Accounts.Totp;

/// <summary>Whether signing in asks for a code.</summary>
/// <param name="Since">UTC; null while it does not.</param>
/// <param name="RecoveryCodesLeft">Recovery codes not used yet.</param>
public sealed record TotpState(bool Enabled, DateTimeOffset? Since, int RecoveryCodesLeft);

/// <summary>Begins: the password once more; where there is none, a sign-in of the last ten minutes.</summary>
public sealed record EnrolTotpRequest(string? Password = null);

/// <summary>What an app needs, shown this once.</summary>
/// <param name="Secret">Base32, to be typed where a picture cannot be read.</param>
/// <param name="Uri"><c>otpauth://…</c></param>
/// <param name="Qr">The same as a picture, SVG.</param>
public sealed record TotpEnrolment(string Secret, string Uri, string Qr);

/// <summary>Shows that the app has the secret.</summary>
/// <param name="Code">Six digits.</param>
public sealed record ConfirmTotpRequest(string Code);

/// <summary>Codes that work without the app, each once; shown this once.</summary>
public sealed record RecoveryCodeList(IReadOnlyList<string> RecoveryCodes);

/// <summary>Switches the second factor off, or renews its recovery codes.</summary>
/// <param name="Code">Six digits of the app, or a recovery code.</param>
/// <param name="Password">Left out where the account has none: then a sign-in of the last ten minutes is needed.</param>
public sealed record ProveTotpRequest(string Code, string? Password = null);

internal static class TotpEndpoints
{
    public static void MapTotp(this IEndpointRouteBuilder app)
    {
        var totp = app.MapGroup("/api/auth/totp").RequireCaller().SessionOnly().WithTags("Accounts");
        totp.MapGet("", Read).WithName("GetTotp").WithSummary("Whether signing in asks for a code");
        totp.MapPost("", Begin).WithRateClass(RateClass.Auth).WithName("EnrolTotp").WithSummary("Begin with a second factor: the secret and its picture");
        totp.MapPost("/confirm", Confirm).WithRateClass(RateClass.Auth).WithName("ConfirmTotp").WithSummary("Switch the second factor on with a first code; the answer shows the recovery codes once");
        totp.MapPost("/recovery-codes", Renew).WithRateClass(RateClass.Auth).WithName("RenewRecoveryCodes").WithSummary("Fresh recovery codes; the old ones end");
        totp.MapDelete("", Remove).WithRateClass(RateClass.Auth).WithName("RemoveTotp").WithSummary("Switch the second factor off");
    }

    private static async Task<ApiResult<TotpState>> Read(CurrentCaller caller, TotpService totp, CancellationToken ct) => await totp.StateAsync(caller.UserId, ct);

    private static async Task<ApiResult<TotpEnrolment>> Begin(EnrolTotpRequest body, CurrentCaller caller, TotpService totp, HttpContext context, CancellationToken ct)
    {
        context.Response.Headers.CacheControl = "no-store";
        return ApiResult.From(await totp.BeginAsync(caller, body.Password, ClientAddress.LimitKey(context), ct));
    }

    private static async Task<ApiResult<RecoveryCodeList>> Confirm(ConfirmTotpRequest body, CurrentCaller caller, TotpService totp, HttpContext context, CancellationToken ct)
    {
        context.Response.Headers.CacheControl = "no-store";
        return ApiResult.From(await totp.ConfirmAsync(caller.UserId, body.Code, ct));
    }

    private static async Task<ApiResult<RecoveryCodeList>> Renew(ProveTotpRequest body, CurrentCaller caller, TotpService totp, HttpContext context, CancellationToken ct)
    {
        context.Response.Headers.CacheControl = "no-store";
        return ApiResult.From(await totp.RenewCodesAsync(caller, body.Password, body.Code, ClientAddress.LimitKey(context), ct));
    }

    private static async Task<ApiResult<object?>> Remove([FromBody] ProveTotpRequest body, CurrentCaller caller, TotpService totp, HttpContext context, CancellationToken ct) =>
        ApiResult.From((await totp.RemoveAsync(caller, body.Password, body.Code, ClientAddress.LimitKey(context), ct)).Select(_ => (object?)null));
}
