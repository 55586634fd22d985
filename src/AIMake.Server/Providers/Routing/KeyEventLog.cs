namespace AIMake.Providers.Routing;

/// <summary>Tells the operator's log what happens to keys.</summary>
internal sealed class KeyEventLog(ILoggerFactory logs) : IKeyEventSink
{
    private readonly ILogger _log = logs.CreateLogger("AIMake.Providers");

    public void Record(KeyEvent happened) => _log.KeyChanged(happened.Provider, happened.KeyId, happened.Kind, happened.Detail);
}
