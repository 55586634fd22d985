using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using AIMake.Platform.Database;
using Npgsql;

namespace AIMake.Generations;

/// <summary>Something happened to a generation, here or on another node.</summary>
/// <param name="Progress">Set for progress; null for a transition, which is in the events table.</param>
internal readonly record struct GenerationSignal(Guid UserId, Guid Id, double? Progress, string Stage);

/// <summary>
/// Wake-ups and live events between all processes on one database, by LISTEN/NOTIFY. Signals are hints: whoever gets one
/// reads the rows. After a lost connection everybody is woken, because hints may have been missed.
/// The same session holds the worker's advisory lock, by which others see that this process lives.
/// </summary>
internal sealed class GenerationSignals(Database database, ILogger<GenerationSignals> log) : BackgroundService
{
    /// <summary>Class id of the workers' advisory locks.</summary>
    public const int WorkerLockClass = 0x41494D;

    private readonly ConcurrentDictionary<Guid, ConcurrentDictionary<object, Action<GenerationSignal>>> _watchers = new();
    private readonly Lock _changing = new();
    private readonly Channel<bool> _queue = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>This process among all workers; random, so that a restart is somebody else.</summary>
    public int Worker { get; } = RandomNumberGenerator.GetInt32(1, int.MaxValue);

    /// <summary>Raised with the id of a generation whose cancellation was asked for.</summary>
    public event Action<Guid>? CancelRequested;

    /// <summary>Completed once the first LISTEN stands.</summary>
    public Task Listening => _listening.Task;

    /// <summary>Work may be due.</summary>
    public ChannelReader<bool> Queue => _queue.Reader;

    public void WakeQueue() => _queue.Writer.TryWrite(true);

    /// <summary>Calls back on every signal about a user's generations, on the listener's thread, until disposed: do little there.</summary>
    public IDisposable Watch(Guid userId, Action<GenerationSignal> callback)
    {
        var key = new object();
        lock (_changing)
        {
            _watchers.GetOrAdd(userId, _ => new())[key] = callback;
        }

        return new Subscription(() => Unwatch(userId, key));
    }

    /// <summary>Tells watchers in this process at once, without the way through the database.</summary>
    public void Raise(GenerationSignal signal)
    {
        if (_watchers.TryGetValue(signal.UserId, out var mine))
        {
            foreach (var callback in mine.Values)
            {
                callback(signal);
            }
        }
    }

    public static string TransitionPayload(Guid userId, Guid id) => $"t:{userId:N}:{id:N}";

    public static string ProgressPayload(Guid userId, Guid id, double progress, string stage) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"p:{userId:N}:{id:N}:{progress:0.####}:{stage}");

    public const string QueuePayload = "q";

    public static string CancelPayload(Guid id) => $"c:{id:N}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or InvalidOperationException or TimeoutException)
            {
                GenerationsLog.ListenerLost(log, e.GetType().Name);
                await Task.Delay(TimeSpan.FromMilliseconds(500), stoppingToken);
            }
        }
    }

    private void Unwatch(Guid userId, object key)
    {
        lock (_changing)
        {
            if (_watchers.TryGetValue(userId, out var mine) && mine.TryRemove(key, out _) && mine.IsEmpty)
            {
                _watchers.TryRemove(userId, out _);
            }
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false, KeepAlive = 10, ApplicationName = "aimake-listen", Timeout = 5 };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        connection.Notification += (_, e) => Dispatch(e.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN generations; SELECT pg_advisory_lock({WorkerLockClass}, {Worker})", connection))
        {
            await listen.ExecuteNonQueryAsync(ct);
        }

        _listening.TrySetResult();
        WakeEverybody();
        while (true)
        {
            await connection.WaitAsync(ct);
        }
    }

    private void WakeEverybody()
    {
        WakeQueue();
        foreach (var (user, _) in _watchers)
        {
            Raise(new GenerationSignal(user, Guid.Empty, null, ""));
        }
    }

    private void Dispatch(string payload)
    {
        if (payload == QueuePayload)
        {
            WakeQueue();
            return;
        }

        var parts = payload.Split(':', 5);
        switch (parts[0])
        {
            case "c":
                CancelRequested?.Invoke(Guid.ParseExact(parts[1], "N"));
                break;
            case "t":
                Raise(new GenerationSignal(Guid.ParseExact(parts[1], "N"), Guid.ParseExact(parts[2], "N"), null, ""));
                break;
            case "p":
                var progress = double.Parse(parts[3], System.Globalization.CultureInfo.InvariantCulture);
                Raise(new GenerationSignal(Guid.ParseExact(parts[1], "N"), Guid.ParseExact(parts[2], "N"), progress, parts[4]));
                break;
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
