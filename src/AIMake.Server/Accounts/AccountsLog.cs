using AIMake.Accounts.Tokens;

namespace AIMake.Accounts;

/// <summary>Messages of accounts; ids 1100–1199. Ids and lengths, never names, passwords or tokens.</summary>
internal static partial class AccountsLog
{
    [LoggerMessage(1100, LogLevel.Information, "Account {UserId} created with role {Role}")]
    public static partial void Created(ILogger log, Guid userId, string role);

    [LoggerMessage(1101, LogLevel.Information, "User {UserId} signed in, session {SessionId}")]
    public static partial void SignedIn(ILogger log, Guid userId, Guid sessionId);

    [LoggerMessage(1102, LogLevel.Information, "Sign-in refused: {Code}")]
    public static partial void SignInRefused(ILogger log, string code);

    [LoggerMessage(1103, LogLevel.Information, "Access token refused: {Reason} ({Length} characters)")]
    public static partial void TokenRefused(ILogger log, TokenRefusal reason, int length);

    [LoggerMessage(1104, LogLevel.Warning, "A used refresh token came back: session {SessionId} of user {UserId} was ended")]
    public static partial void RefreshReused(ILogger log, Guid sessionId, Guid userId);

    [LoggerMessage(1105, LogLevel.Error, "Route {Route} declares no policy, or several; it is closed")]
    public static partial void RouteWithoutPolicy(ILogger log, string? route);

    [LoggerMessage(1106, LogLevel.Information, "User {UserId} changed the password; {Sessions} other sessions ended")]
    public static partial void PasswordChanged(ILogger log, Guid userId, int sessions);

    [LoggerMessage(1107, LogLevel.Information, "Account {UserId} deleted")]
    public static partial void Deleted(ILogger log, Guid userId);

    [LoggerMessage(1108, LogLevel.Information, "A request of user {UserId} was cut: what it came by no longer stands")]
    public static partial void StreamCut(ILogger log, Guid userId);

    [LoggerMessage(1109, LogLevel.Warning, "Open requests could not be checked")]
    public static partial void StreamCheckFailed(ILogger log, Exception exception);

    [LoggerMessage(1110, LogLevel.Warning, "Accounts:PasswordIterations is {Iterations}; fewer than {Advised} make stolen hashes cheap to guess")]
    public static partial void WeakHashing(ILogger log, int iterations, int advised);

    [LoggerMessage(1111, LogLevel.Information, "A set-up link for the first admin was made; it works until {ExpiresAt}")]
    public static partial void SetupLinkMade(ILogger log, DateTimeOffset expiresAt);

    [LoggerMessage(1112, LogLevel.Information, "API key {KeyId} of user {UserId} made")]
    public static partial void ApiKeyMade(ILogger log, Guid keyId, Guid userId);

    [LoggerMessage(1113, LogLevel.Information, "API key {KeyId} of user {UserId} revoked")]
    public static partial void ApiKeyRevoked(ILogger log, Guid keyId, Guid userId);

    [LoggerMessage(1114, LogLevel.Warning, "When API keys were last used could not be written down")]
    public static partial void KeyUsesLost(ILogger log, Exception exception);

    [LoggerMessage(1115, LogLevel.Information, "Provider key {KeyId} of user {UserId} for {Service} taken")]
    public static partial void ProviderKeyTaken(ILogger log, Guid keyId, Guid userId, string service);

    [LoggerMessage(1116, LogLevel.Information, "Provider key {KeyId} of user {UserId} for {Service} was tested: {Verdict}")]
    public static partial void ProviderKeyTested(ILogger log, Guid keyId, Guid userId, string service, ProviderKeys.ProviderKeyVerdict verdict);

    [LoggerMessage(1117, LogLevel.Error, "Provider key {KeyId} of user {UserId} does not open: the provider's address or the encryption keys have changed")]
    public static partial void ProviderKeyShut(ILogger log, Guid keyId, Guid userId);

    [LoggerMessage(1130, LogLevel.Warning, "A mail for a forgotten password could not be made")]
    public static partial void ResetNotMailed(ILogger log, Exception exception);

    [LoggerMessage(1150, LogLevel.Warning, "The keys of {Host} could not be read: it is no set of keys, or has too many")]
    public static partial void KeysUnreadable(ILogger log, string host);

    [LoggerMessage(1151, LogLevel.Warning, "The keys of {Host} could not be fetched: {Failure}")]
    public static partial void KeysUnreachable(ILogger log, string host, Platform.Outbound.OutboundFailure failure);

    [LoggerMessage(1152, LogLevel.Warning, "Sign-in provider {Provider} could not be reached: {Failure}")]
    public static partial void ProviderUnreachable(ILogger log, string provider, Platform.Outbound.OutboundFailure failure);

    [LoggerMessage(1153, LogLevel.Warning, "What {Issuer} says of itself cannot be used: it speaks for another issuer, or names addresses that may not be called")]
    public static partial void DiscoveryUnreadable(ILogger log, string issuer);

    [LoggerMessage(1154, LogLevel.Warning, "Sign-in provider {Provider} refused a code with status {Status}: {Code}")]
    public static partial void CodeRefused(ILogger log, string provider, int status, string code);

    [LoggerMessage(1155, LogLevel.Warning, "Sign-in provider {Provider} did not say who somebody is: status {Status}")]
    public static partial void PersonRefused(ILogger log, string provider, int status);

    [LoggerMessage(1156, LogLevel.Warning, "An ID token of {Provider} was refused: {Reason} ({Length} characters)")]
    public static partial void IdTokenRefused(ILogger log, string provider, TokenRefusal reason, int length);

    [LoggerMessage(1157, LogLevel.Information, "Sign-in through {Provider} refused: {Code}")]
    public static partial void TripRefused(ILogger log, string provider, string code);

    [LoggerMessage(1158, LogLevel.Information, "An identity at {Provider} was linked to user {UserId}")]
    public static partial void IdentityLinked(ILogger log, string provider, Guid userId);

    [LoggerMessage(1159, LogLevel.Information, "An identity at {Provider} was unlinked from user {UserId}")]
    public static partial void IdentityUnlinked(ILogger log, string provider, Guid userId);

    [LoggerMessage(1160, LogLevel.Information, "A notice of Clerk's was taken: {Type}")]
    public static partial void ClerkNotice(ILogger log, string type);

    [LoggerMessage(1180, LogLevel.Warning, "An access token passed by its signature alone: {Why}")]
    public static partial void TokenSufficed(ILogger log, string why);
}
