using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;

namespace AIMake.Faults.Hosting;

/// <summary>The built server as a process of its own, to be killed, stopped and started again.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static int _users;
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    private ServerProcess(Process process) => _process = process;

    public Uri Address { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public int Id => _process.Id;

    /// <summary>Everything it has printed so far.</summary>
    public List<string> Output { get; } = [];

    /// <param name="data">Data folder; shared by the nodes of one installation.</param>
    /// <param name="database">Null: its private PostgreSQL.</param>
    /// <param name="fault">A failpoint such as <c>end.committed:kill</c>.</param>
    /// <param name="heap">The most its heap may take, in bytes.</param>
    public static async Task<ServerProcess> StartAsync(string data, string? database, string role = "all", string? fault = null, long? heap = null, params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])
            [Path.Combine(AppContext.BaseDirectory, "AIMake.Server.dll"), "run", "--port", "0", "--data", data, "--role", role, "--Telemetry:MetricsPort", "0",
                "--Accounts:PasswordIterations", "1000", "--RateLimits:PerAddress", "1000000", "--RateLimits:Auth", "1000000",
                "--RateLimits:PerUser", "1000000", "--RateLimits:Paid", "1000000", .. database is null ? (string[])[] : ["--Database:Url", database], .. settings])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["FAULT"] = fault ?? "";
        if (heap is { } limit)
        {
            start.Environment["DOTNET_GCHeapHardLimit"] = limit.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        }

        var server = new ServerProcess(Process.Start(start)!);
        server._process.OutputDataReceived += server.Took;
        server._process.ErrorDataReceived += server.Took;
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            await server.ReadyAsync();
            return server;
        }
        catch
        {
            server._process.Kill(entireProcessTree: true); // nobody else knows of it
            throw;
        }
    }

    /// <summary>Registers a fresh user and returns a client that is signed in.</summary>
    public async Task<(Guid Id, HttpClient Http, string Token)> CreateUserAsync()
    {
        var name = $"f{Environment.ProcessId}x{Interlocked.Increment(ref _users)}";
        using var response = await Http.PostAsJsonAsync(
            "/api/auth/register", new { username = name, email = $"{name}@example.com", password = $"correct horse {name}", agreement = true });
        var data = await DataAsync(response);
        var token = data.GetProperty("accessToken").GetString()!;
        return (data.GetProperty("user").GetProperty("id").GetGuid(), ClientFor(token), token);
    }

    /// <summary>A client of this node with a token that another node issued.</summary>
    public HttpClient ClientFor(string token)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public static async Task<JsonElement> DataAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {body}");
        return JsonElement.Parse(body).GetProperty("data");
    }

    /// <summary>Runs a command of the executable to its end.</summary>
    public static async Task<(int ExitCode, string Said)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "AIMake.Server.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(said));
    }

    /// <summary>SIGKILL: no handler runs.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, then the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        await Process.Start("kill", ["-TERM", $"{_process.Id}"]).WaitForExitAsync();
        return await ExitAsync();
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return _process.ExitCode;
    }

    public void Signal(string signal) => Process.Start("kill", [$"-{signal}", $"{_process.Id}"]).WaitForExit();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await TerminateAsync();
        }

        Http?.Dispose();
        _process.Dispose();
        TellOfErrors();
    }

    /// <summary>What it logged as errors of its own, for whoever reads why a test failed; that a broken database is away is what these tests are about.</summary>
    private void TellOfErrors()
    {
        lock (Output)
        {
            var errors = Output.Where(line => line.Contains("\"LogLevel\":\"Error\"", StringComparison.Ordinal) && !line.Contains("DATABASE_UNAVAILABLE", StringComparison.Ordinal));
            foreach (var line in errors.Take(3))
            {
                TestContext.Current.TestOutputHelper?.WriteLine(line.Length > 1_000 ? line[..1_000] : line);
            }
        }
    }

    private void Took(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is { } line)
        {
            lock (Output)
            {
                Output.Add(line);
            }

            _lines.Writer.TryWrite(line);
        }
    }

    private async Task ReadyAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        using var exited = limit.Token.Register(() => { });
        _ = _process.WaitForExitAsync(limit.Token).ContinueWith(_ => _lines.Writer.TryComplete(), TaskScheduler.Default);
        await foreach (var line in _lines.Reader.ReadAllAsync(limit.Token))
        {
            if (line.Contains("worker is ready", StringComparison.Ordinal))
            {
                return; // it answers nobody: no address, no client
            }

            if (line.Contains("AIMake is ready:", StringComparison.Ordinal))
            {
                Address = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim());
                Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address };
                return;
            }
        }

        throw new InvalidOperationException($"The server did not become ready:\n{string.Join('\n', Output.TakeLast(20))}");
    }
}
