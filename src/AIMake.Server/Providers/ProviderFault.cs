namespace AIMake.Providers;

/// <summary>How a call to a provider failed. Decides retry, refund and which key or route is blamed.</summary>
/// <param name="Stage">How far the call had come.</param>
/// <param name="Party">Who has to change something before it can work.</param>
/// <param name="Kind">What went wrong.</param>
/// <param name="Retryable">Whether the same request may succeed on another try, here or on another route.</param>
/// <param name="RetryAfter">How long the vendor asked us to wait, when it said so.</param>
/// <param name="Detail">For the operator's log: status codes, exit codes, lengths. Never text, keys or the vendor's body.</param>
internal sealed record ProviderFault(
    ProviderStage Stage,
    ProviderParty Party,
    ProviderFaultKind Kind,
    bool Retryable,
    TimeSpan? RetryAfter = null,
    string? Detail = null);

/// <summary>How far a call had come. Nothing has reached our caller before <see cref="Stream"/>.</summary>
internal enum ProviderStage
{
    /// <summary>The vendor was not reached: name, address, TLS, or a local engine that did not start.</summary>
    Connect,

    /// <summary>The request was sent, the answer had not begun. The only stages where a retry is invisible end here.</summary>
    FirstByte,

    /// <summary>Sound was already flowing.</summary>
    Stream,

    /// <summary>The answer arrived but is not what it claims to be.</summary>
    Decode,
}

/// <summary>Who has to change something before the call can work.</summary>
internal enum ProviderParty
{
    /// <summary>The one who asked: the text or a parameter is refused.</summary>
    Caller,

    /// <summary>The vendor.</summary>
    Provider,

    /// <summary>This installation: configuration, key, disk, a bug.</summary>
    Us,

    /// <summary>Nobody: a time limit passed.</summary>
    Clock,
}

/// <summary>What went wrong, in one word, the same for every vendor.</summary>
internal enum ProviderFaultKind
{
    /// <summary>No connection could be made.</summary>
    Unreachable,

    /// <summary>No answer, or no further bytes, within the limit.</summary>
    Timeout,

    /// <summary>Too many requests for now (429 without a quota meaning).</summary>
    Throttled,

    /// <summary>The key's paid quota or balance is used up; waiting a few seconds does not help.</summary>
    QuotaExhausted,

    /// <summary>The key is refused (401, 403).</summary>
    Unauthorized,

    /// <summary>The request itself is refused (400, 404, 413, 422): another key will not help.</summary>
    Rejected,

    /// <summary>The vendor failed (5xx), or a local engine crashed.</summary>
    ServerError,

    /// <summary>The answer has the wrong type, size or shape.</summary>
    InvalidResponse,

    /// <summary>The answer stopped in the middle.</summary>
    Interrupted,

    /// <summary>The vendor answered with a redirect, which is never followed.</summary>
    Redirected,

    /// <summary>
    /// A place for files that the vendor named does not open: what was made cannot be fetched there, or what is needed not be put. Says
    /// nothing about the key.
    /// </summary>
    Lost,

    /// <summary>Not asked at all: too many recent failures, or every place is taken. <see cref="ProviderFault.RetryAfter"/> says when to come back.</summary>
    Unavailable,
}
