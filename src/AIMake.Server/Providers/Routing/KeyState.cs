namespace AIMake.Providers.Routing;

/// <summary>Whether a key may be used, and if not, why.</summary>
internal enum KeyState
{
    /// <summary>In use.</summary>
    Healthy,

    /// <summary>Asked to slow down; back at a known time.</summary>
    Throttled,

    /// <summary>Failed too often; tried again at a known time.</summary>
    Open,

    /// <summary>Its paid quota is used up; out until a test succeeds.</summary>
    OutOfQuota,

    /// <summary>Refused; out until a test succeeds.</summary>
    Unauthorized,
}
