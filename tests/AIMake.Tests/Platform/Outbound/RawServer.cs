using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AIMake.Tests.Platform.Outbound;

/// <summary>
/// A server that answers with exactly the bytes a test wants, or none. Each connection takes one request and hands it to the
/// script; <see cref="Requests"/> is its own book of what arrived, byte for byte.
/// </summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Connection, Task> _script;
    private readonly bool _readsFirst;
    private readonly Task _accepting;

    /// <param name="readsFirst">False to speak without waiting for a request.</param>
    public RawServer(Func<Connection, Task> script, bool readsFirst = true)
    {
        _script = script;
        _readsFirst = readsFirst;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public RawServer(string answer) : this(connection => connection.SendAsync(answer))
    {
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Host => $"127.0.0.1:{Port}";

    public Uri Url => new($"http://{Host}/v1/audio/speech");

    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Connections accepted, with or without a request.</summary>
    public int Connects { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Connects++;
                running.Add(ServeAsync(socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped; a disposed or stopped listener is an InvalidOperationException.
            await Task.WhenAll(running);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = new Connection(socket, _stop.Token);
        try
        {
            if (_readsFirst) Requests.Enqueue(await connection.ReadRequestAsync());
            await _script(connection);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The client left or the test is over.
        }
    }

    internal sealed class Connection(Socket socket, CancellationToken stopped) : IDisposable
    {
        private readonly NetworkStream _stream = new(socket, ownsSocket: true);

        /// <summary>Ends when the test does.</summary>
        public CancellationToken Stopped { get; } = stopped;

        public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

        public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes, Stopped);

        /// <summary>Says nothing more until the test is over.</summary>
        public Task StallAsync() => Task.Delay(Timeout.Infinite, Stopped);

        /// <summary>Waits until the client has closed its side.</summary>
        public async Task UntilClientLeavesAsync()
        {
            var buffer = new byte[64];
            while (await _stream.ReadAsync(buffer, Stopped) > 0)
            {
            }
        }

        /// <summary>Ends the connection with RST.</summary>
        public void Reset()
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }

        public async Task<string> ReadRequestAsync()
        {
            var received = new StringBuilder();
            var buffer = new byte[4096];
            while (true)
            {
                var read = await _stream.ReadAsync(buffer, Stopped);
                if (read == 0) throw new IOException("left before the request was whole");
                received.Append(Encoding.Latin1.GetString(buffer, 0, read));
                var text = received.ToString();
                var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                if (end >= 0 && text.Length - end - 4 >= ContentLength(text)) return text;
            }
        }

        public void Dispose() => _stream.Dispose();

        private static int ContentLength(string request)
        {
            const string name = "content-length:";
            var at = request.IndexOf(name, StringComparison.OrdinalIgnoreCase);
            return at < 0 ? 0 : int.Parse(request.AsSpan(at + name.Length, request.IndexOf('\r', at) - at - name.Length));
        }
    }
}
