using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace AIMake.Bench;

/// <summary>The server as operators run it: its own process, its own PostgreSQL, a temporary data folder.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private static int _users;
    private readonly Process _process;
    private readonly string _data;
    private readonly bool _keepData;

    private ServerUnderTest(Process process, string data, bool keepData, Uri address, TimeSpan startedIn)
    {
        (_process, _data, _keepData, StartedIn) = (process, data, keepData, startedIn);
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxResponseDrainSize = 0 }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };
    }

    public HttpClient Http { get; }

    /// <summary>From the start of the process until /health/ready answered 200.</summary>
    public TimeSpan StartedIn { get; }

    /// <summary>Resident memory of the server process alone, in MB.</summary>
    public async Task<double> ResidentMegabytesAsync()
    {
        var line = (await File.ReadAllLinesAsync($"/proc/{_process.Id}/status")).Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Processor time used so far by the server, and by its PostgreSQL with all sessions that are still there.</summary>
    public async Task<(TimeSpan Server, TimeSpan Database)> ProcessorTimeAsync()
    {
        var postmaster = int.Parse((await File.ReadAllLinesAsync(Path.Combine(_data, "postgres/cluster/postmaster.pid")))[0], CultureInfo.InvariantCulture);
        var database = TimeSpan.Zero;
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            if (await StatAsync(process) is { } stat && (stat.Parent == postmaster || process == $"/proc/{postmaster}"))
            {
                database += stat.Used;
            }
        }

        return ((await StatAsync($"/proc/{_process.Id}"))!.Value.Used, database);
    }

    /// <summary>Parent and processor time of a process, from its stat file: fields 4, 14 and 15 of proc(5), in hundredths of a second.</summary>
    private static async Task<(int Parent, TimeSpan Used)?> StatAsync(string process)
    {
        try
        {
            var line = await File.ReadAllTextAsync(Path.Combine(process, "stat"));
            var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), TimeSpan.FromMilliseconds(10 * (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture))));
        }
        catch (IOException)
        {
            return null; // gone meanwhile
        }
    }

    /// <param name="data">An existing data folder, kept afterwards; null for a fresh one that is deleted.</param>
    public static async Task<ServerUnderTest> StartAsync(string? data = null, params string[] settings)
    {
        var folder = data ?? Directory.CreateTempSubdirectory("aimake-bench-").FullName;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "AIMake.Server.dll"), "run", "--port", "0", "--data", folder, "--Telemetry:MetricsPort", "0",
                     "--RateLimits:PerAddress", "1000000", "--RateLimits:Auth", "1000000", "--RateLimits:PerUser", "1000000", "--RateLimits:Paid", "1000000", "--Logging:LogLevel:Default", "Error", .. settings])
        {
            start.ArgumentList.Add(argument);
        }

        var began = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("AIMake is ready:", StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync();
                var address = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim());
                using var probe = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxResponseDrainSize = 0 }) { BaseAddress = address };
                (await probe.GetAsync("/health/ready")).EnsureSuccessStatusCode();
                return new ServerUnderTest(process, folder, data is not null, address, Stopwatch.GetElapsedTime(began));
            }
        }

        throw new InvalidOperationException("The server did not start.");
    }

    /// <summary>A client signed in as a fresh user with the free plan's credits.</summary>
    public async Task<HttpClient> UserAsync() => (await RegisterAsync()).Http;

    /// <summary>What a fresh user signs in with.</summary>
    public async Task<object> AccountAsync()
    {
        var (http, name, password) = await RegisterAsync();
        http.Dispose();
        return new { login = name, password };
    }

    private async Task<(HttpClient Http, string Name, string Password)> RegisterAsync()
    {
        var name = $"bench{Interlocked.Increment(ref _users)}";
        var password = $"correct horse {name}";
        using var response = await Http.PostAsJsonAsync("/api/auth/register", new { username = name, email = $"{name}@example.com", password, agreement = true });
        var data = await DataAsync(response);
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxResponseDrainSize = 0 }) { BaseAddress = Http.BaseAddress, Timeout = TimeSpan.FromMinutes(5) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", data.GetProperty("accessToken").GetString());
        return (client, name, password);
    }

    public static async Task<JsonElement> DataAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonElement.Parse(body).GetProperty("data")
            : throw new InvalidOperationException($"{(int)response.StatusCode}: {body}");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        using (var term = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
        {
            await term.WaitForExitAsync();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        if (!_keepData)
        {
            Directory.Delete(_data, recursive: true);
        }
    }
}
