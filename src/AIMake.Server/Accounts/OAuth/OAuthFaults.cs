using AIMake.Platform.Faults;

namespace AIMake.Accounts.OAuth;

/// <summary>How a sign-in through others ends badly.</summary>
internal static class OAuthFaults
{
    /// <summary>Not begun in this browser, used, or too late.</summary>
    public static Fault StateInvalid() => new(FaultCodes.OAuthStateInvalid);

    public static Fault Denied(string provider) => new(FaultCodes.OAuthDenied, provider);

    public static Fault Failed(string provider) => new(FaultCodes.OAuthFailed, provider);

    public static Fault EmailMissing(string provider) => new(FaultCodes.OAuthEmailMissing, provider);

    public static Fault LinkInvalid() => new(FaultCodes.OAuthLinkInvalid);

    public static Fault IdentityTaken() => new(FaultCodes.IdentityTaken);

    public static Fault LastWayIn() => new(FaultCodes.LastWayIn);
}
