using AIMake.Platform.Http;

namespace AIMake.Accounts.EmailAddresses;

/// <summary>Opens the link of a mail.</summary>
/// <param name="Token">What stands behind <c>#token=</c> in it.</param>
public sealed record VerifyEmailRequest(string? Token = null);

/// <summary>The address that was proved.</summary>
public sealed record VerifiedEmail(string Email);

/// <summary>Where a mail went.</summary>
public sealed record MailedTo(string Email);

internal static class EmailEndpoints
{
    public static async Task<ApiResult<VerifiedEmail>> Verify(VerifyEmailRequest body, EmailService emails, CancellationToken ct) =>
        ApiResult.From((await emails.VerifyAsync(body.Token, ct)).Select(email => new VerifiedEmail(email)));

    public static async Task<ApiResult<MailedTo>> Resend(CurrentCaller caller, EmailService emails, CancellationToken ct) =>
        ApiResult.From((await emails.ResendAsync(caller.UserId, ct)).Select(email => new MailedTo(email)));
}
