using AIMake.Accounts.SignIn;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using Microsoft.AspNetCore.Mvc;

namespace AIMake.Accounts.Profile;

/// <summary>Deleting an account needs the password once more; where there is none, a sign-in of the last ten minutes.</summary>
public sealed record DeleteAccountRequest(string? Password = null);

internal static class ProfileEndpoints
{
    public static async Task<ApiResult<UserProfile>> Read(CurrentCaller caller, ProfileService profiles, CancellationToken ct) =>
        ApiResult.From(await profiles.ReadAsync(caller.UserId, ct));

    public static async Task<ApiResult<UserOverview>> Overview(CurrentCaller caller, ProfileService profiles, CancellationToken ct) =>
        ApiResult.From(await profiles.OverviewAsync(caller.UserId, ct));

    public static async Task<ApiResult<UserProfile>> Update(
        UpdateProfileRequest body, CurrentCaller caller, ProfileService profiles, HttpContext context, CancellationToken ct) =>
        ApiResult.From(await profiles.UpdateAsync(caller, body, ClientAddress.LimitKey(context), ct));

    public static async Task<ApiResult<object?>> Delete(
        [FromBody] DeleteAccountRequest body, CurrentCaller caller, ProfileService profiles, RefreshCookie cookie, HttpContext context, CancellationToken ct)
    {
        var outcome = await profiles.DeleteAsync(caller, body.Password, ClientAddress.LimitKey(context), ct);
        if (outcome.Ok)
        {
            cookie.Clear(context);
        }

        return ApiResult.From(outcome.Select(_ => (object?)null));
    }
}
