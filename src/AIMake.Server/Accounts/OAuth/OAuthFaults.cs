using AIMake.Platform.Faults;

namespace AIMake.Accounts.OAuth;

/// <summary>How a sign-in through others ends badly.</summary>
internal static class OAuthFaults
{
    /// <summary>Not begun in this browser, used, or too late.</summary>
    public static Fault StateInvalid() => new(FaultCodes.OauthStateInvalid);

    public static Fault Denied(string provider) => new(FaultCodes.OauthDenied, provider);

    public static Fault Failed(string provider) => new(FaultCodes.OauthFailed, provider);

    public static Fault EmailMissing(string provider) => new(FaultCodes.OauthEmailMissing, provider);

    public static Fault LinkInvalid() => new(FaultCodes.OauthLinkInvalid);

    public static Fault IdentityTaken() => new(FaultCodes.IdentityTaken);

    public static Fault LastWayIn() => new(FaultCodes.LastWayIn);
}
