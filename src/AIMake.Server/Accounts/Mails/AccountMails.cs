using AIMake.Accounts.Profile;
using AIMake.Accounts.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Mail;
using AIMake.Platform.Secrets;

namespace AIMake.Accounts.Mails;

/// <summary>
/// The mails about an account, in its owner's language. Tokens stand behind the <c>#</c> of a link: browsers do not send that part, so it is in no server's log.
/// </summary>
internal sealed class AccountMails(Mailbox mailbox)
{
    public bool IsOn => mailbox.IsOn;

    public Task VerifyAsync(DbSession session, UserRow user, OpaqueToken token, CancellationToken ct) => PostAsync(
        session, user, user.Email,
        new("Confirm your e-mail address", "请确认您的邮箱地址"),
        new(
            $"Open this link to confirm that this address is yours. It works for three days.\n\n{Link("verify-email", token)}\n\nIf you did not create an account, ignore this mail.",
            $"请打开以下链接，确认该邮箱属于您。链接三天内有效。\n\n{Link("verify-email", token)}\n\n如果您没有注册账户，请忽略此邮件。"),
        ct);

    public Task ConfirmNewAddressAsync(DbSession session, UserRow user, string email, OpaqueToken token, CancellationToken ct) => PostAsync(
        session, user, email,
        new("Confirm your new e-mail address", "请确认您的新邮箱地址"),
        new(
            $"Open this link to make this the address of your account. It works for one day; until then nothing changes.\n\n{Link("verify-email", token)}\n\nIf you did not ask for this, ignore this mail.",
            $"请打开以下链接，将此地址设为您的账户邮箱。链接一天内有效，确认前不会有任何变化。\n\n{Link("verify-email", token)}\n\n如果这不是您的操作，请忽略此邮件。"),
        ct);

    /// <summary>To the address that was.</summary>
    public Task AddressChangedAsync(DbSession session, UserRow user, string former, CancellationToken ct) => PostAsync(
        session, user, former,
        new("The e-mail address of your account was changed", "您的账户邮箱已更改"),
        new(
            "Your account now has another e-mail address, and mails no longer come here.\n\nIf this was not you, write to whoever runs this server at once.",
            "您的账户已改用另一个邮箱地址，此地址不再接收邮件。\n\n如果这不是您的操作，请立即联系服务器管理员。"),
        ct);

    public Task ResetAsync(DbSession session, UserRow user, OpaqueToken token, CancellationToken ct) => PostAsync(
        session, user, user.Email,
        new("Choose a new password", "重设您的密码"),
        new(
            $"Open this link to choose a new password. It works once, for one hour.\n\n{Link("reset-password", token)}\n\nIf you did not ask for this, ignore this mail; your password stays as it is.",
            $"请打开以下链接设置新密码。链接一小时内有效，且只能使用一次。\n\n{Link("reset-password", token)}\n\n如果这不是您的操作，请忽略此邮件，您的密码不会改变。"),
        ct);

    /// <summary>There is none to replace.</summary>
    public Task NoPasswordAsync(DbSession session, UserRow user, CancellationToken ct) => PostAsync(
        session, user, user.Email,
        new("Your account has no password", "您的账户没有密码"),
        new(
            $"Somebody asked for a new password. Your account has none: you sign in through another service it is linked to, and can then choose one on the page of your account.\n\n{mailbox.Origin}/sign-in",
            $"有人请求重设密码。您的账户没有密码，请通过已关联的服务登录，之后可在账户页面设置密码。\n\n{mailbox.Origin}/sign-in"),
        ct);

    /// <summary>An account that had none has one now.</summary>
    public Task PasswordAddedAsync(DbSession session, UserRow user, CancellationToken ct) => PostAsync(
        session, user, user.Email,
        new("Your account now has a password", "您的账户已设置密码"),
        new(
            $"A password was set for your account, and its other sessions were ended. You can still sign in through the services it is linked to.\n\nIf this was not you, replace it at once:\n\n{mailbox.Origin}/forgot-password",
            $"您的账户已设置密码，其他会话均已结束。您仍可通过已关联的服务登录。\n\n如果这不是您的操作，请立即重设密码：\n\n{mailbox.Origin}/forgot-password"),
        ct);

    public Task PasswordChangedAsync(DbSession session, UserRow user, CancellationToken ct) => PostAsync(
        session, user, user.Email,
        new("Your password was changed", "您的密码已更改"),
        new(
            $"The password of your account was changed, and its other sessions were ended.\n\nIf this was not you, choose a new one at once:\n\n{mailbox.Origin}/forgot-password",
            $"您的账户密码已更改，其他会话均已结束。\n\n如果这不是您的操作，请立即重设密码：\n\n{mailbox.Origin}/forgot-password"),
        ct);

    /// <param name="on">Whether it was switched on or off.</param>
    public Task SecondFactorChangedAsync(DbSession session, UserRow user, bool on, CancellationToken ct) => PostAsync(
        session, user, user.Email,
        on ? new("Second factor switched on", "已开启两步验证") : new("Second factor switched off", "已关闭两步验证"),
        on
            ? new(
                "Signing in to your account now asks for a code from your app as well. Keep the recovery codes where you find them without your phone.",
                "登录您的账户时，现在还需要输入验证器应用中的验证码。请妥善保管恢复码，以备手机不在身边时使用。")
            : new(
                "Signing in to your account no longer asks for a code.\n\nIf this was not you, change your password at once.",
                "登录您的账户时不再需要验证码。\n\n如果这不是您的操作，请立即更改密码。"),
        ct);

    private Task PostAsync(DbSession session, UserRow user, string to, Said subject, Said text, CancellationToken ct)
    {
        var language = Preferences.LanguageOf(user);
        var greeting = new Said($"Hello {user.Username},", $"{user.Username}，您好！");
        return mailbox.PostAsync(session, new MailMessage(to, user.Id, $"AIMake: {subject.In(language)}", $"{greeting.In(language)}\n\n{text.In(language)}\n\nAIMake\n{mailbox.Origin}\n"), ct);
    }

    private string Link(string page, OpaqueToken token) => $"{mailbox.Origin}/{page}#token={token.Value}";
}
