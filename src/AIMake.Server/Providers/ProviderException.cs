namespace AIMake.Providers;

/// <summary>
/// Carries a <see cref="ProviderFault"/> out of a stream of chunks, where a return value has no place. The router and the
/// products catch it; its message is for the operator and holds no content.
/// </summary>
internal sealed class ProviderException(ProviderFault fault, Exception? inner = null)
    : Exception(Describe(fault), inner)
{
    public ProviderFault Fault { get; } = fault;

    private static string Describe(ProviderFault fault) =>
        $"{fault.Kind} at {fault.Stage} ({fault.Party}{(fault.Retryable ? ", retryable" : "")})"
        + (fault.Detail is null ? "" : $": {fault.Detail}");
}
