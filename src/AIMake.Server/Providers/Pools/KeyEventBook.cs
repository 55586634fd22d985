using System.Threading.Channels;
using AIMake.Platform.Database;
using AIMake.Providers.Routing;

namespace AIMake.Providers.Pools;

/// <summary>
/// Keeps what happens to keys: at once in the log, and within a second in the database. When that is away for long the
/// oldest of many are lost; calls never wait for it.
/// </summary>
internal sealed class KeyEventBook(Database database, ILoggerFactory logs) : BackgroundService, IKeyEventSink
{
    private const int MostAtOnce = 500;

    private readonly Channel<KeyEvent> _events = Channel.CreateBounded<KeyEvent>(new BoundedChannelOptions(5_000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly ILogger _log = logs.CreateLogger("AIMake.Providers");

    public void Record(KeyEvent happened)
    {
        _log.KeyChanged(happened.Provider, happened.KeyId, happened.Kind, happened.Detail);
        _events.Writer.TryWrite(happened);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_events.Reader.TryPeek(out _)) await TryWriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _events.Reader.WaitToReadAsync(stoppingToken)) await TryWriteAsync(stoppingToken);
    }

    private async Task TryWriteAsync(CancellationToken ct)
    {
        var batch = new List<KeyEvent>();
        while (batch.Count < MostAtOnce && _events.Reader.TryRead(out var happened)) batch.Add(happened);
        try
        {
            await database.TransactAsync(DbPurpose.Jobs, session => PoolStore.AddEventsAsync(session, batch, ct), ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _log.KeyEventsLost(batch.Count, e);
        }
    }
}
