namespace AIMake.Platform.Outbound;

/// <summary>A call to the outside that did not work. Its message names no address, header or content.</summary>
internal sealed class OutboundException(OutboundFailure failure, string? detail = null, Exception? inner = null)
    : Exception(detail is null ? failure.ToString() : $"{failure}: {detail}", inner)
{
    public OutboundFailure Failure { get; } = failure;

    /// <summary>Status codes and sizes for the operator's log.</summary>
    public string? Detail { get; } = detail;
}

/// <summary>Every way an outbound call fails below the level of HTTP statuses.</summary>
internal enum OutboundFailure
{
    /// <summary>The address is one this server does not call. Nothing was sent.</summary>
    NotAllowed,

    /// <summary>A header value holds a line break or another character that has no place in one. Nothing was sent.</summary>
    HeaderNotAllowed,

    /// <summary>No connection: the name is unknown, the port closed, TLS refused.</summary>
    Unreachable,

    /// <summary>No connection within the limit.</summary>
    ConnectTimeout,

    /// <summary>Connected, but no answer began within the limit.</summary>
    FirstByteTimeout,

    /// <summary>The answer began and fell silent.</summary>
    IdleTimeout,

    /// <summary>The whole took too long.</summary>
    TotalTimeout,

    /// <summary>The answer points elsewhere. It is never followed: keys would travel along.</summary>
    Redirected,

    /// <summary>Headers or body exceed their cap, on the wire or unpacked.</summary>
    TooLarge,

    /// <summary>What came is not HTTP, or not packed the way it says.</summary>
    InvalidResponse,

    /// <summary>The connection broke in the middle of the answer, or before it without a word.</summary>
    Interrupted,
}
