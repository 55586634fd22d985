using System.Globalization;
using AIMake.Accounts.Mails;
using AIMake.Accounts.SignIn;
using AIMake.Accounts.Storage;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Accounts.Passwords;

/// <summary>A new password, or the first one. The other sessions end.</summary>
/// <param name="NewPassword">8–128 characters, none of the ones that everybody tries first.</param>
/// <param name="CurrentPassword">Left out where the account has none yet: then a sign-in of the last ten minutes is needed.</param>
public sealed record ChangePasswordRequest(string NewPassword, string? CurrentPassword = null);

/// <summary>The access token to go on with; those issued before the change are no longer valid.</summary>
/// <param name="ExpiresIn">Seconds.</param>
public sealed record FreshToken(string AccessToken, int ExpiresIn);

/// <summary>Changes the caller's password or gives them their first, ends every other session and every access token issued before.</summary>
internal sealed class PasswordService(
    Database database,
    PasswordProof proof,
    PasswordHashing hashing,
    AccessTokens tokens,
    CallerStates states,
    AccountMails mails,
    IAuditLog audit,
    TimeProvider clock,
    ILogger<PasswordService> log)
{
    public async Task<Outcome<FreshToken>> ChangeAsync(CurrentCaller caller, ChangePasswordRequest request, string address, CancellationToken ct)
    {
        if (!(await proof.RequireAsync(caller, request.CurrentPassword, "currentPassword", address, ct)).TryGet(out var user, out var refused))
        {
            return refused;
        }

        if (PasswordRules.Check(request.NewPassword, "newPassword", user.Username, user.Email) is { } weak)
        {
            return weak;
        }

        if (!(await hashing.HashAsync(request.NewPassword, ct)).TryGet(out var hash, out var busy))
        {
            return busy;
        }

        return (await StoreAsync(caller, user, hash, ct)).Select(changed =>
        {
            states.ForgetUser(caller.UserId);
            AccountsLog.PasswordChanged(log, caller.UserId, changed.Ended);
            var issued = tokens.Issue(caller.UserId, caller.SessionId!.Value, changed.Epoch);
            return new FreshToken(issued.Token, issued.ExpiresIn);
        });
    }

    private Task<Outcome<(int Epoch, int Ended)>> StoreAsync(CurrentCaller caller, UserRow user, string hash, CancellationToken ct) =>
        database.TryTransactAsync(
            DbPurpose.Hot,
            async session =>
            {
                var now = clock.GetUtcNow();
                if (await Users.UpdatePasswordAsync(session, user, hash, now, ct) is not { } epoch)
                {
                    return new Fault(FaultCodes.Conflict);
                }

                var ended = await SessionStore.EndOthersAsync(session, caller.UserId, caller.SessionId, "password", now, ct);
                await (user.PasswordHash is null ? mails.PasswordAddedAsync(session, user, ct) : mails.PasswordChangedAsync(session, user, ct));
                await audit.WriteAsync(session, AuditEntry.Own(user.PasswordHash is null ? AuditActions.PasswordAdded : AuditActions.PasswordChanged, caller.UserId, ("sessions_ended", ended.Count.ToString(CultureInfo.InvariantCulture))), ct);
                return (Outcome<(int, int)>)(epoch, ended.Count);
            },
            ct);
}

internal static class PasswordEndpoints
{
    public static async Task<ApiResult<FreshToken>> Change(
        ChangePasswordRequest body, CurrentCaller caller, PasswordService passwords, HttpContext context, CancellationToken ct)
    {
        context.Response.Headers.CacheControl = "no-store";
        return ApiResult.From(await passwords.ChangeAsync(caller, body, ClientAddress.LimitKey(context), ct));
    }
}
