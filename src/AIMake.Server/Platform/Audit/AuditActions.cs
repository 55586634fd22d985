namespace AIMake.Platform.Audit;

/// <summary>Every deed the audit log knows. A name, once released, keeps its meaning; a module adds its own here.</summary>
internal static class AuditActions
{
    public const string AccountCreated = "account.created";
    public const string AccountDeleted = "account.deleted";
    public const string AccountExported = "account.exported";
    public const string AgreementAccepted = "agreement.accepted";
    public const string CreditsAdjusted = "credits.adjusted";
    public const string DisputeDecided = "dispute.decided";
    public const string EmailChanged = "email.changed";
    public const string EmailChangeAsked = "email.change_asked";
    public const string EmailVerified = "email.verified";
    public const string IdentityLinked = "identity.linked";
    public const string IdentityUnlinked = "identity.unlinked";
    public const string KeyChanged = "key.changed";
    public const string KeyCreated = "key.created";
    public const string KeyDeleted = "key.deleted";
    public const string ModelChanged = "model.changed";
    public const string OrderGranted = "order.granted";
    public const string OrderMatched = "order.matched";
    public const string OrderRefunded = "order.refunded";
    public const string PasswordAdded = "password.added";
    public const string PasswordChanged = "password.changed";
    public const string PasswordReset = "password.reset";
    public const string PaymentRefunded = "payment.refunded";
    public const string PoolKeyAdded = "pool_key.added";
    public const string PoolKeyChanged = "pool_key.changed";
    public const string PoolKeyDeleted = "pool_key.deleted";
    public const string ProviderChanged = "provider.changed";
    public const string ProviderKeyAdded = "provider_key.added";
    public const string ProviderKeyChanged = "provider_key.changed";
    public const string ProviderKeyDeleted = "provider_key.deleted";
    public const string RecoveryCodesRenewed = "second_factor.codes_renewed";
    public const string RoleChanged = "role.changed";
    public const string SaleAssigned = "sale.assigned";
    public const string SecondFactorAdded = "second_factor.added";
    public const string SecondFactorFailed = "second_factor.failed";
    public const string SecondFactorRemoved = "second_factor.removed";
    public const string SessionEnded = "session.ended";
    public const string SignedIn = "session.signed_in";
    public const string SignedOut = "session.signed_out";
    public const string StatusChanged = "status.changed";
    public const string WebhookReplayed = "webhook.replayed";

    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. typeof(AuditActions).GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).Order(StringComparer.Ordinal)];
}
