using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Accounts.PasswordReset;

/// <summary>Asks for a mail with which a new password can be chosen.</summary>
public sealed record ForgotPasswordRequest(string Email);

/// <summary>The mail is on its way, if there is an account with that address.</summary>
/// <param name="Mailed">Whether this server sends mails at all.</param>
public sealed record ForgottenPassword(bool Mailed);

/// <summary>Chooses a new password with a mailed token.</summary>
/// <param name="Token">What stands behind <c>#token=</c> in the mail's link.</param>
/// <param name="NewPassword">8–128 characters, none of the ones that everybody tries first.</param>
public sealed record ResetPasswordRequest(string NewPassword, string? Token = null);

internal static class PasswordResetEndpoints
{
    /// <summary>
    /// Answers first and looks afterwards: neither the answer nor the time it takes tells whether there is such an account.
    /// </summary>
    public static ApiResult<ForgottenPassword> Forgot(
        ForgotPasswordRequest body, PasswordResetService reset, Mails.AccountMails mails, HttpContext context, ILogger<PasswordResetService> log)
    {
        if (body.Email.Length == 0)
        {
            return ApiResult.From<ForgottenPassword>(new Fault(FaultCodes.FieldRequired, "email") { Field = "email" });
        }

        context.Response.OnCompleted(async () =>
        {
            try
            {
                await reset.MailAsync(body.Email, CancellationToken.None);
            }
            catch (FaultException e)
            {
                AccountsLog.ResetNotMailed(log, e); // the database is away; they will ask again
            }
        });
        return new ForgottenPassword(mails.IsOn);
    }

    public static async Task<ApiResult<object?>> Reset(ResetPasswordRequest body, PasswordResetService reset, CancellationToken ct) =>
        ApiResult.From((await reset.ResetAsync(body.Token, body.NewPassword, ct)).Select(_ => (object?)null));
}
