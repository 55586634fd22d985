using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AIMake.Platform.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace AIMake.Tests.Platform.Redis;

/// <summary>A real redis-server on a free port, that can be killed, frozen and started again.</summary>
internal sealed class RedisHost : IAsyncDisposable
{
    public const string Password = "p@ss:word";
    private readonly string[] _arguments;
    private Process? _shell;
    private int _pid;

    private RedisHost(int port, (string Certificate, string Key)? tls)
    {
        Port = port;
        var number = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        _arguments =
        [
            .. tls is var (certificate, key)
                ? ["--port", "0", "--tls-port", number, "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-auth-clients", "no"]
                : new[] { "--port", number },
            "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--requirepass", Password,
        ];
    }

    public int Port { get; }

    public string Url => $"redis://:{Uri.EscapeDataString(Password)}@127.0.0.1:{Port}";

    public static async Task<RedisHost> StartAsync((string Certificate, string Key)? tls = null)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var host = new RedisHost(port, tls);
        await host.StartAsync();
        return host;
    }

    public async Task StartAsync()
    {
        // The shell ends the server when its input closes, however this process ends.
        _shell = Process.Start(new ProcessStartInfo(
            "sh",
            ["-c", "redis-server \"$@\" >/dev/null 2>&1 & echo $!; cat >/dev/null; kill -9 $! 2>/dev/null", "sh", .. _arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        _pid = int.Parse((await _shell.StandardOutput.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture);
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
        }
    }

    public Task KillAsync() => SignalAsync("KILL");

    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>A client that has tried to connect.</summary>
    public async Task<RedisClient> ConnectAsync(string? url = null, System.Net.Security.RemoteCertificateValidationCallback? trust = null, TimeSpan? patience = null)
    {
        var client = new RedisClient(RedisAddress.Parse(url ?? Url)!, patience ?? TimeSpan.FromSeconds(10), NullLogger<RedisClient>.Instance, trust);
        await client.StartAsync(TestContext.Current.CancellationToken);
        await client.FirstAttempt.WaitAsync(TestContext.Current.CancellationToken);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await SignalAsync("KILL");
        _shell!.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start(new ProcessStartInfo("sh", ["-c", $"kill -{signal} {_pid} 2>/dev/null; true"]))!;
        await kill.WaitForExitAsync();
    }
}
