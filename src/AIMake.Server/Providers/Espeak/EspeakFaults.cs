namespace AIMake.Providers.Espeak;

/// <summary>Every way the local engine can fail.</summary>
internal static class EspeakFaults
{
    /// <summary>No worker came up: not installed, no memory, wrong settings.</summary>
    public static ProviderException CannotStart(string detail, Exception cause) =>
        new(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Unreachable, Retryable: true, Detail: detail), cause);

    public static ProviderException UnknownVoice() =>
        new(new(ProviderStage.FirstByte, ProviderParty.Caller, ProviderFaultKind.Rejected, Retryable: false, Detail: "unknown voice"));

    /// <summary>The worker died, of a signal or of the kernel's limits.</summary>
    public static ProviderException Crashed(bool begun, string detail, Exception cause) =>
        new(new(Stage(begun), ProviderParty.Provider, begun ? ProviderFaultKind.Interrupted : ProviderFaultKind.ServerError, Retryable: true, Detail: detail), cause);

    /// <summary>The worker is alive but silent.</summary>
    public static ProviderException Hung(bool begun) =>
        new(new(Stage(begun), ProviderParty.Clock, ProviderFaultKind.Timeout, Retryable: true));

    /// <summary>The worker says something that is not in the protocol, or the engine refused for reasons of its own.</summary>
    public static ProviderException Broken(bool begun, string detail) =>
        new(new(Stage(begun), ProviderParty.Provider, ProviderFaultKind.InvalidResponse, Retryable: true, Detail: detail));

    private static ProviderStage Stage(bool begun) => begun ? ProviderStage.Stream : ProviderStage.FirstByte;
}
