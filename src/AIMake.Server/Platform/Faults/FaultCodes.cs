namespace AIMake.Platform.Faults;

/// <summary>Every code a client may meet, in one place. A code, once released, keeps its meaning.</summary>
internal static class FaultCodes
{
    // ---- the request itself
    public static readonly FaultCode InvalidRequest = new("INVALID_REQUEST", 400, FaultParty.Caller,
        "The request is not valid: {0}", "请求无效：{0}");
    public static readonly FaultCode MalformedJson = new("MALFORMED_JSON", 400, FaultParty.Caller,
        "The body is not valid JSON.", "请求体不是有效的 JSON。");
    public static readonly FaultCode UnknownField = new("UNKNOWN_FIELD", 400, FaultParty.Caller,
        "'{0}' is not a field of this request.", "此请求没有字段“{0}”。");
    public static readonly FaultCode DuplicateField = new("DUPLICATE_FIELD", 400, FaultParty.Caller,
        "'{0}' is given twice.", "字段“{0}”出现了两次。");
    public static readonly FaultCode FieldRequired = new("FIELD_REQUIRED", 400, FaultParty.Caller,
        "'{0}' is required.", "缺少字段“{0}”。");
    public static readonly FaultCode FieldInvalid = new("FIELD_INVALID", 400, FaultParty.Caller,
        "'{0}' is not valid: {1}", "字段“{0}”无效：{1}");
    public static readonly FaultCode FieldOutOfRange = new("FIELD_OUT_OF_RANGE", 400, FaultParty.Caller,
        "'{0}' must be between {1} and {2}.", "字段“{0}”必须在 {1} 与 {2} 之间。");
    public static readonly FaultCode CursorInvalid = new("CURSOR_INVALID", 400, FaultParty.Caller,
        "The cursor is not one this list gave out.", "分页游标无效。");
    public static readonly FaultCode BodyTooLarge = new("BODY_TOO_LARGE", 413, FaultParty.Caller,
        "The body is larger than {0} bytes.", "请求体超过 {0} 字节。");
    public static readonly FaultCode UnsupportedMediaType = new("UNSUPPORTED_MEDIA_TYPE", 415, FaultParty.Caller,
        "Send the body as {0}.", "请以 {0} 格式发送请求体。");
    public static readonly FaultCode NotFound = new("NOT_FOUND", 404, FaultParty.Caller,
        "There is nothing here, or it is not yours.", "未找到，或不属于您。");
    public static readonly FaultCode MethodNotAllowed = new("METHOD_NOT_ALLOWED", 405, FaultParty.Caller,
        "This address does not answer that method.", "此地址不支持该方法。");
    public static readonly FaultCode Conflict = new("CONFLICT", 409, FaultParty.Caller,
        "It changed in the meantime; load it again.", "内容已发生变化，请重新加载。");

    // ---- who is asking
    public static readonly FaultCode Unauthenticated = new("UNAUTHENTICATED", 401, FaultParty.Caller,
        "Sign in first.", "请先登录。");
    public static readonly FaultCode InvalidToken = new("INVALID_TOKEN", 401, FaultParty.Caller,
        "The access token is not valid; sign in again.", "访问令牌无效，请重新登录。");
    public static readonly FaultCode InvalidApiKey = new("INVALID_API_KEY", 401, FaultParty.Caller,
        "This API key is unknown, expired or revoked; make a new one under API keys.", "该 API 密钥不存在、已过期或已撤销，请在“API 密钥”中新建一个。");
    public static readonly FaultCode TokenExpired = new("TOKEN_EXPIRED", 401, FaultParty.Caller,
        "The access token has expired; refresh it.", "访问令牌已过期，请刷新。");
    public static readonly FaultCode Forbidden = new("FORBIDDEN", 403, FaultParty.Caller,
        "Your account may not do this.", "您的账户无权执行此操作。");
    public static readonly FaultCode CsrfFailed = new("CSRF_FAILED", 403, FaultParty.Caller,
        "The request did not come from this site's own pages.", "请求并非来自本站页面。");
    public static readonly FaultCode RateLimited = new("RATE_LIMITED", 429, FaultParty.Caller,
        "Too many requests; try again in {0} s.", "请求过于频繁，请在 {0} 秒后重试。");
    public static readonly FaultCode ConcurrencyLimited = new("CONCURRENCY_LIMITED", 429, FaultParty.Caller,
        "This key may have {0} requests at once; wait for one to end.", "该密钥最多同时处理 {0} 个请求，请等待其中一个结束。");
    public static readonly FaultCode ExportRunning = new("EXPORT_RUNNING", 429, FaultParty.Caller,
        "Your archive is being downloaded already; wait for that to end.", "您的数据包正在下载中，请等待其完成。");
    public static readonly FaultCode ScopeDenied = new("SCOPE_DENIED", 403, FaultParty.Caller,
        "This API key was not made for that: {0}.", "该 API 密钥没有此项权限：{0}。");
    public static readonly FaultCode ScopeExceedsGrant = new("SCOPE_EXCEEDS_GRANT", 403, FaultParty.Caller,
        "A key cannot be given more than you have: {0}.", "密钥的权限不能超出您自己的权限：{0}。");
    public static readonly FaultCode ModelNotAllowed = new("MODEL_NOT_ALLOWED", 403, FaultParty.Caller,
        "This API key may not use '{0}'.", "该 API 密钥不能使用“{0}”。");
    public static readonly FaultCode SecretRequired = new("SECRET_REQUIRED", 400, FaultParty.Caller,
        "A key only goes where it was entered for; enter it again.", "密钥只会发送到录入时指定的地址，请重新输入密钥。");
    public static readonly FaultCode TooManyKeys = new("TOO_MANY_KEYS", 409, FaultParty.Caller,
        "There are {0} keys already; delete one first.", "密钥数量已达 {0} 个，请先删除一个。");
    public static readonly FaultCode KeyExists = new("KEY_EXISTS", 409, FaultParty.Caller,
        "This key is in the pool already.", "该密钥已在密钥池中。");
    public static readonly FaultCode KeyFromSettings = new("KEY_FROM_SETTINGS", 409, FaultParty.Caller,
        "This key stands in the server's settings; change it there.", "该密钥来自服务器配置，请在配置中修改。");
    public static readonly FaultCode SignedUrlInvalid = new("SIGNED_URL_INVALID", 403, FaultParty.Caller,
        "This link is not valid or has expired; open the file from your library again.", "链接无效或已过期，请从作品库重新打开。");

    // ---- accounts
    public static readonly FaultCode InvalidCredentials = new("INVALID_CREDENTIALS", 401, FaultParty.Caller,
        "The name or the password is wrong.", "用户名或密码错误。");
    public static readonly FaultCode PasswordWrong = new("PASSWORD_WRONG", 403, FaultParty.Caller,
        "The current password is wrong.", "当前密码错误。");
    public static readonly FaultCode SsoRequired = new("SSO_REQUIRED", 403, FaultParty.Caller,
        "This account has no password; sign in through the provider it is linked to.", "该账户没有密码，请通过已关联的服务登录。");
    public static readonly FaultCode OauthStateInvalid = new("OAUTH_STATE_INVALID", 400, FaultParty.Caller,
        "This sign-in was not begun in this browser, was used, or took too long; begin again.", "该登录并非从此浏览器发起，或已使用、已超时，请重新开始。");
    public static readonly FaultCode OauthDenied = new("OAUTH_DENIED", 403, FaultParty.Caller,
        "{0} was not allowed to say who you are.", "您未允许 {0} 提供您的身份。");
    public static readonly FaultCode OauthFailed = new("OAUTH_FAILED", 502, FaultParty.Vendor,
        "{0} did not say who you are; try again in a moment.", "{0} 未能确认您的身份，请稍后重试。");
    public static readonly FaultCode OauthEmailMissing = new("OAUTH_EMAIL_MISSING", 422, FaultParty.Caller,
        "{0} named no e-mail address of yours; confirm one there, or sign up with a password.", "{0} 未提供您的邮箱，请先在该服务验证邮箱，或使用密码注册。");
    public static readonly FaultCode OauthLinkInvalid = new("OAUTH_LINK_INVALID", 400, FaultParty.Caller,
        "There is nothing to finish here any more; sign in through the provider once again.", "没有待完成的操作，请重新通过该服务登录。");
    public static readonly FaultCode IdentityTaken = new("IDENTITY_TAKEN", 409, FaultParty.Caller,
        "This identity is linked to another account here.", "该身份已关联到本站的其他账户。");
    public static readonly FaultCode LastWayIn = new("LAST_WAY_IN", 409, FaultParty.Caller,
        "This is the only way into your account; link another one first.", "这是登录您账户的唯一方式，请先关联其他方式。");
    public static readonly FaultCode PasswordLength = new("PASSWORD_LENGTH", 400, FaultParty.Caller,
        "A password has {0} to {1} characters.", "密码长度须为 {0} 到 {1} 个字符。");
    public static readonly FaultCode PasswordCommon = new("PASSWORD_COMMON", 400, FaultParty.Caller,
        "This password is among the first ones that are guessed; choose another.", "该密码过于常见，容易被猜到，请换一个。");
    public static readonly FaultCode UsernameTaken = new("USERNAME_TAKEN", 409, FaultParty.Caller,
        "This username belongs to somebody else.", "该用户名已被使用。");
    public static readonly FaultCode EmailTaken = new("EMAIL_TAKEN", 409, FaultParty.Caller,
        "There is an account with this e-mail address.", "该邮箱已注册。");
    public static readonly FaultCode AgreementRequired = new("AGREEMENT_REQUIRED", 400, FaultParty.Caller,
        "Accept the agreement to create an account.", "请先同意用户协议再创建账户。");
    public static readonly FaultCode AgreementOutdated = new("AGREEMENT_OUTDATED", 409, FaultParty.Caller,
        "The agreement is now version {0}; read and accept that one.", "协议现为版本 {0}，请阅读并同意该版本。");
    public static readonly FaultCode AccountDisabled = new("ACCOUNT_DISABLED", 403, FaultParty.Caller,
        "This account is disabled; ask whoever runs this server.", "该账户已停用，请联系服务器管理员。");
    public static readonly FaultCode RegistrationClosed = new("REGISTRATION_CLOSED", 403, FaultParty.Caller,
        "This server takes no new accounts.", "本服务器未开放注册。");
    public static readonly FaultCode RegistrationInviteOnly = new("REGISTRATION_INVITE_ONLY", 403, FaultParty.Caller,
        "New accounts here need an invitation.", "本服务器仅限受邀注册。");
    public static readonly FaultCode SetupLinkInvalid = new("SETUP_LINK_INVALID", 400, FaultParty.Caller,
        "This set-up link was used, has expired, or an admin exists already. Restart the server for a new one while there is no admin.",
        "该初始化链接已使用、已过期，或管理员已存在。若尚无管理员，重启服务器可获得新链接。");
    public static readonly FaultCode RefreshInvalid = new("REFRESH_INVALID", 401, FaultParty.Caller,
        "The session has ended; sign in again.", "会话已结束，请重新登录。");
    public static readonly FaultCode RefreshReused = new("REFRESH_REUSED", 401, FaultParty.Caller,
        "This session was continued elsewhere and has been ended for safety; sign in again.", "会话凭据被重复使用，为安全起见已结束，请重新登录。");
    public static readonly FaultCode RefreshInProgress = new("REFRESH_IN_PROGRESS", 409, FaultParty.Caller,
        "Another request has just continued this session; use what it received.", "另一请求刚刚刷新了会话，请使用其结果。");
    public static readonly FaultCode TotpRequired = new("TOTP_REQUIRED", 401, FaultParty.Caller,
        "Enter the code of your app, too.", "请同时输入验证器应用中的验证码。");
    public static readonly FaultCode TotpInvalid = new("TOTP_INVALID", 403, FaultParty.Caller,
        "This code is wrong or was used already; wait for the next one.", "验证码错误或已使用，请等待下一个验证码。");
    public static readonly FaultCode TotpEnabledAlready = new("TOTP_ENABLED_ALREADY", 409, FaultParty.Caller,
        "The second factor is on already; switch it off first.", "两步验证已开启，请先关闭。");
    public static readonly FaultCode ResetTokenInvalid = new("RESET_TOKEN_INVALID", 400, FaultParty.Caller,
        "This link was used, has expired, or is not one of ours; ask for a new mail.", "该链接已使用、已过期或无效，请重新获取邮件。");
    public static readonly FaultCode EmailTokenInvalid = new("EMAIL_TOKEN_INVALID", 400, FaultParty.Caller,
        "This link was used, has expired, or is not one of ours; ask for a new mail.", "该链接已使用、已过期或无效，请重新获取邮件。");
    public static readonly FaultCode EmailVerifiedAlready = new("EMAIL_VERIFIED_ALREADY", 409, FaultParty.Caller,
        "This address is confirmed already.", "该邮箱已确认。");
    public static readonly FaultCode MailNotConfigured = new("MAIL_NOT_CONFIGURED", 409, FaultParty.Caller,
        "This server sends no mails; ask whoever runs it.", "本服务器不发送邮件，请联系服务器管理员。");
    public static readonly FaultCode LastAdmin = new("LAST_ADMIN", 409, FaultParty.Caller,
        "The only admin cannot leave; make somebody else an admin first.", "唯一的管理员无法注销，请先指定其他管理员。");

    // ---- money
    public static readonly FaultCode InsufficientCredits = new("INSUFFICIENT_CREDITS", 402, FaultParty.Funds,
        "This costs up to {0} credits and {1} are left: {2} are missing. Ask for less (a shorter text, a lower max_tokens), or have credits added by whoever runs this server.",
        "此操作最多需要 {0} 点，当前剩余 {1} 点，还差 {2} 点。请减少用量（缩短文本或调低 max_tokens），或请服务器管理员增加点数。");
    public static readonly FaultCode DebtOutstanding = new("DEBT_OUTSTANDING", 402, FaultParty.Funds,
        "The account owes {0} credits; new paid work starts when they are settled.", "账户欠 {0} 点，结清后才能开始新的付费任务。");
    public static readonly FaultCode KeyLimitReached = new("KEY_LIMIT_REACHED", 402, FaultParty.Funds,
        "This costs up to {0} credits and the key has {1} left of its {2}. Ask for less (a shorter text, a lower max_tokens), or raise the key's limit under API keys.",
        "此操作最多需要 {0} 点，该密钥的限额 {2} 点中剩余 {1} 点。请减少用量（缩短文本或调低 max_tokens），或在“API 密钥”中提高该密钥的限额。");
    public static readonly FaultCode IdempotencyKeyReused = new("IDEMPOTENCY_KEY_REUSED", 422, FaultParty.Caller,
        "This Idempotency-Key was used with another request; choose a new one.", "该 Idempotency-Key 已用于其他请求，请更换。");
    public static readonly FaultCode IdempotencyInProgress = new("IDEMPOTENCY_IN_PROGRESS", 409, FaultParty.Caller,
        "The first request with this Idempotency-Key is still running.", "使用该 Idempotency-Key 的请求仍在处理中。");
    public static readonly FaultCode IdempotencyAnswerGone = new("IDEMPOTENCY_ANSWER_GONE", 410, FaultParty.Caller,
        "The request with this Idempotency-Key was answered, and its answer is not kept: it was streamed, is too large or too old. A new key makes it again.",
        "使用该 Idempotency-Key 的请求已得到答复，但答复未保存（流式输出、过大或过期）。如需重新执行，请更换新的键。");
    public static readonly FaultCode IdempotencyKeyInvalid = new("IDEMPOTENCY_KEY_INVALID", 400, FaultParty.Caller,
        "An Idempotency-Key has 1 to 255 visible ASCII characters.", "Idempotency-Key 须为 1 到 255 个可见 ASCII 字符。");

    // ---- payments
    public static readonly FaultCode WebhookNotConfigured = new("WEBHOOK_NOT_CONFIGURED", 503, FaultParty.Us,
        "Notices of {0} are not set up here; give the server its webhook secret.", "尚未配置 {0} 的通知，请为服务器设置其 webhook 密钥。");
    public static readonly FaultCode SignatureInvalid = new("SIGNATURE_INVALID", 400, FaultParty.Caller,
        "The signature is missing or wrong.", "签名缺失或不正确。");
    public static readonly FaultCode TimestampOutOfTolerance = new("TIMESTAMP_OUT_OF_TOLERANCE", 400, FaultParty.Caller,
        "The signature is more than {0} s old, or from the future.", "签名时间与当前相差超过 {0} 秒。");
    public static readonly FaultCode PackageUnknown = new("PACKAGE_UNKNOWN", 400, FaultParty.Caller,
        "'{0}' is not for sale here; GET /api/packages lists what is.", "“{0}”不在售，可通过 GET /api/packages 查看。");
    public static readonly FaultCode PaymentNotConfigured = new("PAYMENT_NOT_CONFIGURED", 503, FaultParty.Us,
        "Nothing is sold through {0} here; whoever runs this server can set it up.", "本服务器未开通 {0} 支付，请联系服务器管理员。");
    public static readonly FaultCode PaymentProviderFailed = new("PAYMENT_PROVIDER_FAILED", 502, FaultParty.Vendor,
        "{0} could not do that just now; no money has moved. Try again in a moment.", "{0} 暂时无法处理，未发生扣款，请稍后重试。");
    public static readonly FaultCode OrderPaid = new("ORDER_PAID", 409, FaultParty.Caller,
        "This order is paid already.", "该订单已支付。");
    public static readonly FaultCode OrderNotGrantable = new("ORDER_NOT_GRANTABLE", 409, FaultParty.Caller,
        "A plan cannot be granted by hand: its periods follow the provider's. Adjust the user's credits instead.", "套餐的周期由支付平台决定，无法手动发放，请改为调整用户点数。");
    public static readonly FaultCode OrderNotMatched = new("ORDER_NOT_MATCHED", 409, FaultParty.Caller,
        "The event does not fit the order: {0}.", "该事件与订单不符：{0}。");
    public static readonly FaultCode EventTaken = new("EVENT_TAKEN", 409, FaultParty.Caller,
        "This event has counted already, for order {0}; nothing was changed.", "该事件已用于订单 {0}，未作任何更改。");
    public static readonly FaultCode OrderNotRefundable = new("ORDER_NOT_REFUNDABLE", 409, FaultParty.Caller,
        "There is nothing left to give back of this order: it is unpaid, or refunded, or with the bank.", "该订单没有可退金额：尚未支付、已退款或处于争议中。");
    public static readonly FaultCode DisputeDecided = new("DISPUTE_DECIDED", 409, FaultParty.Caller,
        "This dispute has been decided already.", "该争议已有结果。");
    public static readonly FaultCode DisputeFollowsProvider = new("DISPUTE_FOLLOWS_PROVIDER", 409, FaultParty.Caller,
        "{0} tells by itself how this dispute ends.", "该争议的结果由 {0} 自动通知，无需手动设置。");
    public static readonly FaultCode AlreadySubscribed = new("ALREADY_SUBSCRIBED", 409, FaultParty.Caller,
        "You have a plan already; change it instead of buying a second.", "您已有套餐，请更改现有套餐而不是重复购买。");
    public static readonly FaultCode SubscriptionRunning = new("SUBSCRIPTION_RUNNING", 409, FaultParty.Caller,
        "Your subscription could not be canceled and would go on being charged; cancel it first, then delete the account.", "您的订阅未能自动取消，仍会继续扣费，请先取消订阅，再注销账户。");
    public static readonly FaultCode NotSubscribed = new("NOT_SUBSCRIBED", 409, FaultParty.Caller,
        "There is no subscription that this could be done to.", "没有可执行此操作的订阅。");

    // ---- work
    public static readonly FaultCode GenerationFailed = new("GENERATION_FAILED", 500, FaultParty.Us,
        "The work failed here; you were not charged.", "任务在本系统内失败，未扣费。");
    public static readonly FaultCode GenerationCanceled = new("GENERATION_CANCELED", 409, FaultParty.Caller,
        "The work was canceled; you were not charged.", "任务已取消，未扣费。");
    public static readonly FaultCode GenerationNotCancelable = new("GENERATION_NOT_CANCELABLE", 409, FaultParty.Caller,
        "The work has already ended.", "任务已结束，无法取消。");
    public static readonly FaultCode GenerationNotRetryable = new("GENERATION_NOT_RETRYABLE", 409, FaultParty.Caller,
        "Only failed or canceled work can be started again.", "只有失败或已取消的任务可以重试。");
    public static readonly FaultCode AttemptsExhausted = new("ATTEMPTS_EXHAUSTED", 500, FaultParty.Us,
        "The work was tried {0} times without success; you were not charged.", "任务尝试 {0} 次仍未成功，未扣费。");
    public static readonly FaultCode DeadlineExceeded = new("DEADLINE_EXCEEDED", 504, FaultParty.Us,
        "The work took longer than {0} s and was stopped; you were not charged.", "任务超过 {0} 秒被终止，未扣费。");

    public static readonly FaultCode Interrupted = new("INTERRUPTED", 500, FaultParty.Us,
        "The server was interrupted; only what reached you was charged.", "服务器中断，仅对已送达的部分扣费。");

    // ---- catalog and speech
    public static readonly FaultCode VoiceUnknown = new("VOICE_UNKNOWN", 400, FaultParty.Caller,
        "There is no voice '{0}'; GET {1} lists them.", "没有声音“{0}”，可通过 GET {1} 查看列表。");
    public static readonly FaultCode ModelUnknown = new("MODEL_UNKNOWN", 400, FaultParty.Caller,
        "There is no model '{0}'.", "没有模型“{0}”。");
    public static readonly FaultCode ModelNotFound = new("MODEL_NOT_FOUND", 404, FaultParty.Caller,
        "The model '{0}' does not exist here, or not for this kind of work; GET /v1/models lists them.", "没有模型“{0}”，或它不支持此类任务，可通过 GET /v1/models 查看列表。");
    public static readonly FaultCode ModelOff = new("MODEL_OFF", 404, FaultParty.Caller,
        "'{0}' is switched off here for the time being; choose another.", "“{0}”目前已停用，请选择其他模型。");
    public static readonly FaultCode ModelUnpriced = new("MODEL_UNPRICED", 400, FaultParty.Caller,
        "'{0}' has no price yet and cannot be used.", "“{0}”尚未定价，暂不可用。");
    public static readonly FaultCode TextEmpty = new("TEXT_EMPTY", 400, FaultParty.Caller,
        "The text has nothing that can be spoken.", "文本中没有可朗读的内容。");
    public static readonly FaultCode TextTooLong = new("TEXT_TOO_LONG", 400, FaultParty.Caller,
        "The text has {0} characters; the limit is {1}.", "文本有 {0} 个字符，上限为 {1}。");
    public static readonly FaultCode TextInvalid = new("TEXT_INVALID", 400, FaultParty.Caller,
        "The text has a character that cannot be used, at position {0}.", "文本第 {0} 位有无法使用的字符。");
    public static readonly FaultCode ContextLengthExceeded = new("CONTEXT_LENGTH_EXCEEDED", 400, FaultParty.Caller,
        "The prompt has about {0} tokens; the maximum context length of '{2}' is {1}.", "提示词约有 {0} 个词元，“{2}”的上下文长度上限为 {1}。");
    public static readonly FaultCode FormatUnknown = new("FORMAT_UNKNOWN", 400, FaultParty.Caller,
        "'{0}' is not a format; choose one of {1}.", "不支持格式“{0}”，可选：{1}。");

    // ---- providers
    public static readonly FaultCode UnsupportedParameter = new("UNSUPPORTED_PARAMETER", 400, FaultParty.Caller,
        "'{0}' cannot be told to the provider of '{1}'; leave it out or choose another model.", "无法将“{0}”传达给“{1}”的服务商，请去掉该参数或换用其他模型。");
    public static readonly FaultCode UnsupportedRoute = new("UNSUPPORTED_ROUTE", 400, FaultParty.Caller,
        "'{0}' is not reached this way; send the request to {1}, or choose another model.", "“{0}”不支持此接口，请改用 {1}，或换用其他模型。");
    public static readonly FaultCode UpstreamError = new("UPSTREAM_ERROR", 502, FaultParty.Vendor,
        "The provider {0} failed; you were not charged.", "服务商 {0} 出错，未扣费。");
    public static readonly FaultCode UpstreamTimeout = new("UPSTREAM_TIMEOUT", 504, FaultParty.Vendor,
        "The provider {0} took too long; you were not charged.", "服务商 {0} 超时，未扣费。");
    public static readonly FaultCode UpstreamInterrupted = new("UPSTREAM_INTERRUPTED", 502, FaultParty.Vendor,
        "The provider {0} broke off.", "服务商 {0} 中断了输出。");
    public static readonly FaultCode UpstreamRedirect = new("UPSTREAM_REDIRECT", 502, FaultParty.Vendor,
        "The provider {0} pointed elsewhere, which is never followed; you were not charged.", "服务商 {0} 返回了重定向，系统不会跟随，未扣费。");
    public static readonly FaultCode UpstreamInvalidResponse = new("UPSTREAM_INVALID_RESPONSE", 502, FaultParty.Vendor,
        "The provider {0} sent something unusable; you were not charged.", "服务商 {0} 返回了无法使用的内容，未扣费。");
    public static readonly FaultCode UpstreamRejected = new("UPSTREAM_REJECTED", 422, FaultParty.Vendor,
        "The provider {0} refused this request; you were not charged.", "服务商 {0} 拒绝了此请求，未扣费。");
    public static readonly FaultCode OwnKeyMissing = new("OWN_KEY_MISSING", 400, FaultParty.Caller,
        "You have no key of your own for {0} that is in use; add one, or pay with credits.", "您没有正在使用的 {0} 密钥，请先添加，或改用点数支付。");
    public static readonly FaultCode OwnKeyRefused = new("OWN_KEY_REFUSED", 422, FaultParty.Caller,
        "The provider {0} refuses your own key, or its balance there is used up; test or replace it among your provider keys.", "服务商 {0} 拒绝了您自己的密钥，或其余额已用完，请在“服务商密钥”中测试或更换。");
    public static readonly FaultCode OwnKeyNotNeeded = new("OWN_KEY_NOT_NEEDED", 400, FaultParty.Caller,
        "The voices of {0} are made on this server and need no key; ask without your own.", "{0} 的声音由本服务器直接生成，无需密钥，请去掉“使用自己的密钥”。");
    public static readonly FaultCode ProviderBusy = new("PROVIDER_BUSY", 503, FaultParty.Vendor,
        "The provider {0} is busy; try again in {1} s.", "服务商 {0} 繁忙，请在 {1} 秒后重试。");
    public static readonly FaultCode UrlNotAllowed = new("URL_NOT_ALLOWED", 400, FaultParty.Caller,
        "That address may not be called from here.", "不允许访问该地址。");

    // ---- us
    public static readonly FaultCode DatabaseUnavailable = new("DATABASE_UNAVAILABLE", 503, FaultParty.Us,
        "The database cannot be reached; nothing was changed. Try again in a moment.", "数据库暂不可用，未做任何更改，请稍后重试。");
    public static readonly FaultCode StorageFull = new("STORAGE_FULL", 503, FaultParty.Us,
        "There is no space left to store new work; reading still works.", "存储空间已满，暂时无法保存新内容，但仍可读取。");
    public static readonly FaultCode StorageUnavailable = new("STORAGE_UNAVAILABLE", 503, FaultParty.Us,
        "The place where files are kept cannot be reached; try again in a moment.", "文件存储暂不可用，请稍后重试。");
    public static readonly FaultCode Overloaded = new("OVERLOADED", 503, FaultParty.Us,
        "Too much is going on at once; try again in a moment.", "系统繁忙，请稍后重试。");
    public static readonly FaultCode Draining = new("DRAINING", 503, FaultParty.Us,
        "This server is shutting down; another one answers in a moment.", "服务器正在关闭，请稍后重试。");
    public static readonly FaultCode Internal = new("INTERNAL", 500, FaultParty.Us,
        "Something failed on our side. Quote the request id when you report it.", "服务器内部出错，反馈时请附上请求编号。");

    /// <summary>All codes by name, for the mapper, the documentation and the test that keeps them unique.</summary>
    public static IReadOnlyDictionary<string, FaultCode> All { get; } = typeof(FaultCodes)
        .GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static)
        .Select(f => f.GetValue(null))
        .OfType<FaultCode>()
        .ToDictionary(c => c.Code, StringComparer.Ordinal);
}
