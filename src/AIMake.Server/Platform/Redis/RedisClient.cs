using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;

namespace AIMake.Platform.Redis;

/// <summary>
/// A Redis server, kept at hand: connected in the background, again and again with growing pauses when it is away. While it is
/// away commands fail at once; one that takes too long fails too, and with it the connection, since whoever froze once will
/// keep others waiting. Thread-safe.
/// </summary>
internal sealed class RedisClient(RedisAddress address, TimeSpan patience, ILogger<RedisClient> log, RemoteCertificateValidationCallback? trust = null) : BackgroundService
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile RedisConnection? _connection;

    /// <summary>Whether a command would be tried now.</summary>
    public bool IsConnected => _connection is not null;

    /// <summary>Ends with the first attempt to connect, whatever came of it.</summary>
    public Task FirstAttempt => _first.Task;

    /// <exception cref="RedisException">Redis is away, took too long, or refused the command.</exception>
    public async Task<RedisReply> SendAsync(params string[] command)
    {
        var connection = _connection ?? throw new RedisException("not connected");
        var reply = connection.SendAsync(command);
        try
        {
            return await reply.WaitAsync(patience) is RedisReply.Error error ? throw new RedisException(error.Message) : await reply;
        }
        catch (TimeoutException e)
        {
            connection.Fail(e);
            throw new RedisException("no answer in time", e);
        }
    }

    /// <summary>Runs a script on the server, which keeps it from the first time on.</summary>
    /// <exception cref="RedisException">As <see cref="SendAsync"/>.</exception>
    public async Task<RedisReply> EvalAsync(RedisScript script, IReadOnlyList<string> keys, IReadOnlyList<string> arguments)
    {
        string[] rest = [keys.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), .. keys, .. arguments];
        try
        {
            return await SendAsync(["EVALSHA", script.Digest, .. rest]);
        }
        catch (RedisException e) when (e.Message.Contains("NOSCRIPT", StringComparison.Ordinal))
        {
            return await SendAsync(["EVAL", script.Text, .. rest]);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await OpenAsync(stoppingToken);
                _connection = connection;
                failures = 0;
                _first.TrySetResult();
                RedisLog.Connected(log, address.ToString());
                var reason = await connection.Failure.WaitAsync(stoppingToken);
                _connection = null;
                RedisLog.Lost(log, address.ToString(), reason.GetType().Name);
            }
            catch (Exception e) when (e is SocketException or IOException or RedisException or AuthenticationException || (e is OperationCanceledException && !stoppingToken.IsCancellationRequested))
            {
                if (failures == 0)
                {
                    RedisLog.Away(log, address.ToString(), e is RedisException ? e.Message : e.GetType().Name); // once, not at every attempt
                }

                _first.TrySetResult();
            }
            catch (OperationCanceledException)
            {
                break;
            }

            await PauseAsync(failures++, stoppingToken);
        }

        _connection = null;
    }

    private async Task<RedisConnection> OpenAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(ConnectPatience);
        return await RedisConnection.OpenAsync(address, trust, limit.Token);
    }

    /// <summary>50 ms, 100 ms, … 2 s, give or take half: a hundred nodes must not come back in step.</summary>
    private static async Task PauseAsync(int failures, CancellationToken ct)
    {
        var pause = Math.Min(50 << Math.Min(failures, 10), (int)LongestPause.TotalMilliseconds);
        await Task.Delay(Random.Shared.Next(pause / 2, pause + 1), ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

/// <summary>A Lua script by its text and the digest that Redis knows it by.</summary>
internal sealed class RedisScript(string text)
{
    public string Text { get; } = text;

    /// <summary>SHA-1 because Redis says so; it is a name, not a seal.</summary>
#pragma warning disable CA5350
    public string Digest { get; } = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
}

/// <summary>Messages of the connection to Redis; ids 1080–1089. Host and port, never what is sent.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(1080, LogLevel.Information, "Redis at {Address} is connected")]
    public static partial void Connected(ILogger log, string address);

    [LoggerMessage(1081, LogLevel.Warning, "Redis at {Address} was lost ({Reason}); limits are counted on each node until it is back")]
    public static partial void Lost(ILogger log, string address, string reason);

    [LoggerMessage(1082, LogLevel.Warning, "Redis at {Address} cannot be reached ({Reason}); limits are counted on each node until it is")]
    public static partial void Away(ILogger log, string address, string reason);
}
