namespace AIMake.Accounts.Export;

/// <summary>What is where in the archive, in the user's language.</summary>
internal static class ExportReadme
{
    public static string In(string language) => language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Chinese : English;

    private const string English =
        """
        # Your data

        Everything this server holds about you, as it was while you downloaded it. `.jsonl` files hold one JSON object a line; times are UTC
        (ISO 8601); `credits` are credits, `amount` is money in the currency's smallest unit (cents).

        - `account/` your profile, the terms you agreed to, sign-ins elsewhere, sessions, API keys and provider keys (only their last characters:
          keys themselves are not shown to anybody), the log of what you did and what was done to your account, mails that wait
        - `library/` what you made: `library.jsonl` describes it, `files/` holds the files
        - `speech/`, `video/` the texts and prompts, with the pictures a video began with
        - `generations/` each piece of work: what you asked for, how it went, what it cost
        - `gateway/` answers kept for programs that may ask again
        - `credits/` your balance, where your credits came from and where they went
        - `usage/` every use: model, amounts, credits
        - `payments/` orders, payments, refunds, disputes, subscriptions, and what the payment providers told about you

        `manifest.json` comes last. An archive without it was cut off: download it again.

        """;

    private const string Chinese =
        """
        # 您的数据

        本服务器保存的与您有关的全部数据，以下载时的状态为准。`.jsonl` 文件每行一个 JSON 对象；时间均为 UTC（ISO 8601）；
        `credits` 的单位是积分，`amount` 是以货币最小单位（分）计的金额。

        - `account/`：个人资料、您同意的条款、第三方登录、会话、API 密钥与服务商密钥（只有末尾几位，密钥本身不会展示给任何人）、
          您的操作与针对您账户的操作记录、待发送的邮件
        - `library/`：您的作品，`library.jsonl` 是说明，`files/` 是文件
        - `speech/`、`video/`：文本与提示词，以及视频的首帧图片
        - `generations/`：每一次生成：您的请求、过程与花费
        - `gateway/`：为可能重试的程序保留的回答
        - `credits/`：余额、积分的来源与去向
        - `usage/`：每次使用的模型、用量与积分
        - `payments/`：订单、付款、退款、争议、订阅，以及支付服务商发来的与您有关的通知

        最后写入的是 `manifest.json`；没有它的压缩包下载不完整，请重新下载。

        """;
}
