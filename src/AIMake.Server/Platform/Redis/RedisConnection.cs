using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Channels;

namespace AIMake.Platform.Redis;

/// <summary>
/// One connection, entered and ready. Commands of many callers go out together as they come; answers come in the same order.
/// After its first failure it is of no more use.
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly Channel<Waiting> _outgoing = Channel.CreateUnbounded<Waiting>();
    private readonly ConcurrentQueue<Waiting> _unanswered = new();
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource<Exception> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _loops;

    private RedisConnection(Stream stream)
    {
        _stream = stream;
        _loops = Task.WhenAll(Task.Run(WriteAsync), Task.Run(ReadAsync));
    }

    /// <summary>Ends, with the reason, when the connection is of no more use.</summary>
    public Task<Exception> Failure => _failure.Task;

    /// <summary>Connects, enters and chooses the database.</summary>
    /// <param name="trust">Judges the server's certificate in place of the system's rules; null for those.</param>
    public static async Task<RedisConnection> OpenAsync(RedisAddress address, RemoteCertificateValidationCallback? trust, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, ct);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (address.Tls)
            {
                var tls = new SslStream(stream, leaveInnerStreamOpen: false, trust);
                stream = tls;
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, ct);
            }

            var connection = new RedisConnection(stream);
            try
            {
                await connection.EnterAsync(address, ct);
                return connection;
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }
        catch
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="RedisException">The connection failed before the answer came.</exception>
    public Task<RedisReply> SendAsync(IReadOnlyList<string> arguments)
    {
        var waiting = new Waiting(arguments, new(TaskCreationOptions.RunContinuationsAsynchronously));
        return _outgoing.Writer.TryWrite(waiting) ? waiting.Reply.Task : Task.FromException<RedisReply>(new RedisException("the connection is over"));
    }

    /// <summary>Gives the connection up, for a reason only its user can know.</summary>
    public void Fail(Exception reason)
    {
        if (!_failure.TrySetResult(reason))
        {
            return;
        }

        _outgoing.Writer.TryComplete();
        _over.Cancel();
        while (_unanswered.TryDequeue(out var waiting) || _outgoing.Reader.TryRead(out waiting))
        {
            waiting.Reply.TrySetException(new RedisException("the connection broke", reason));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Fail(new RedisException("closed"));
        await _stream.DisposeAsync();
        await _loops;
        while (_unanswered.TryDequeue(out var late))
        {
            late.Reply.TrySetException(new RedisException("closed"));
        }

        _over.Dispose();
    }

    private async Task EnterAsync(RedisAddress address, CancellationToken ct)
    {
        if (address.Password is { } password)
        {
            await AskAsync(address.User is { } user ? ["AUTH", user, password] : ["AUTH", password], "AUTH", ct);
        }

        if (address.Database > 0)
        {
            await AskAsync(["SELECT", address.Database.ToString(System.Globalization.CultureInfo.InvariantCulture)], "SELECT", ct);
        }

        await AskAsync(["PING"], "PING", ct);
    }

    private async Task AskAsync(string[] command, string name, CancellationToken ct)
    {
        if (await SendAsync(command).WaitAsync(ct) is RedisReply.Error error)
        {
            throw new RedisException($"{name} was refused: {error.Message.Split(' ')[0]}");
        }
    }

    private async Task WriteAsync()
    {
        var output = new ArrayBufferWriter<byte>(4_096);
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync(_over.Token))
            {
                output.ResetWrittenCount();
                while (output.WrittenCount < 64 * 1024 && _outgoing.Reader.TryRead(out var next))
                {
                    _unanswered.Enqueue(next);
                    RedisCommand.Write(output, next.Command);
                }

                await _stream.WriteAsync(output.WrittenMemory, _over.Token);
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private async Task ReadAsync()
    {
        var input = PipeReader.Create(_stream, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(_over.Token);
                var buffer = read.Buffer;
                while (!buffer.IsEmpty && RedisReply.TryRead(ref buffer, out var reply))
                {
                    if (!_unanswered.TryDequeue(out var waiting))
                    {
                        throw new RedisException("an answer nobody asked for");
                    }

                    waiting.Reply.TrySetResult(reply);
                }

                input.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                {
                    throw new RedisException("the server hung up");
                }
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private sealed record Waiting(IReadOnlyList<string> Command, TaskCompletionSource<RedisReply> Reply);
}
