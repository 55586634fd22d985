using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Accounts.Setup;
using AIMake.Tests.Credits;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Hosting;

/// <summary>
/// The real server, whole, in this process: Kestrel on a free port, a database of its own, a temporary data folder. As a
/// class fixture it starts with the defaults; tests that need settings or doubles call <see cref="StartAsync"/>.
/// </summary>
public sealed class TestServer : IAsyncLifetime
{
    private static int _users;
    private readonly List<HttpClient> _clients = [];
    private string[] _settings = [];
    private Action<WebApplicationBuilder>? _adjust;
    private Action<WebApplication>? _map;
    private WebApplication? _app;
    private string? _data;
    private bool _ownsData = true;

    /// <summary>Connection string of the server's database.</summary>
    public string ConnectionString { get; private set; } = "";

    public string DataFolder => _data!;

    public IServiceProvider Services => _app!.Services;

    /// <summary>An anonymous client. It keeps no cookies and follows no redirects.</summary>
    public HttpClient Anonymous { get; private set; } = null!;

    public Uri Address => Anonymous.BaseAddress!;

    /// <param name="settings">Command line, e.g. <c>"--Accounts:Registration", "closed"</c>.</param>
    /// <param name="adjust">Last word on the services, e.g. another clock or provider.</param>
    /// <param name="sharing">Another server whose database (and secret) this one uses: a second node.</param>
    /// <param name="map">Adds routes of the test's own, behind everything that stands in front of the real ones.</param>
    internal static async Task<TestServer> StartAsync(
        string[]? settings = null, Action<WebApplicationBuilder>? adjust = null, TestServer? sharing = null, Action<WebApplication>? map = null)
    {
        var server = new TestServer { _settings = settings ?? [], _adjust = adjust, _map = map };
        if (sharing is not null)
        {
            server.ConnectionString = sharing.ConnectionString;
            server._data = sharing._data;
            server._ownsData = false;
            TestPostgres.Keep(sharing.ConnectionString);
        }

        await server.InitializeAsync();
        return server;
    }

    public async ValueTask InitializeAsync()
    {
        _data ??= Directory.CreateTempSubdirectory("aimake-test-").FullName;
        ConnectionString = ConnectionString is "" ? await TestPostgres.CreateDatabaseAsync() : ConnectionString;
        _app = AIMakeServer.Build(
            [
                "--port", "0", "--host", "127.0.0.1", "--data", _data,
                "--Database:Url", ConnectionString,
                "--Telemetry:MetricsPort", "0",
                "--Accounts:PasswordIterations", "1000",
                "--RateLimits:PerAddress", "1000000", "--RateLimits:Auth", "1000000", "--RateLimits:PerUser", "1000000", "--RateLimits:Paid", "1000000",
                "--Logging:LogLevel:Default", "Critical", "--Logging:LogLevel:Microsoft", "Critical",
                .. _settings,
            ],
            _adjust);
        _map?.Invoke(_app);
        await _app.StartAsync();
        Anonymous = Client(new Uri(_app.Urls.First()));
    }

    /// <summary>Registers a fresh user over HTTP.</summary>
    public Task<TestUser> CreateUserAsync() => RegisterAsync(setupToken: null);

    /// <summary>Opens the set-up link: works once per database, for the first admin.</summary>
    public async Task<TestUser> CreateAdminAsync() => await RegisterAsync(await CreateSetupTokenAsync());

    public async Task<string> CreateSetupTokenAsync()
    {
        var link = await Services.GetRequiredService<SetupLink>().EnsureAsync(CancellationToken.None);
        return link?.Split('=')[1] ?? throw new InvalidOperationException("This database has an admin already.");
    }

    /// <summary>A client with the given access token.</summary>
    public HttpClient ClientWith(string accessToken)
    {
        var client = Client(Address);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(c => c.Dispose());
        if (_app is not null)
        {
            _app.Lifetime.StopApplication(); // as SIGTERM does, so that the drain begins
            await _app.StopAsync();
            await _app.DisposeAsync();
            await LedgerAssert.CleanAsync(ConnectionString); // whatever the test did, the books must still be right
        }

        if (_ownsData && _data is not null && ConnectionString is not "")
        {
            await TestPostgres.ReleaseAsync(ConnectionString);
            Directory.Delete(_data, recursive: true);
        }
    }

    private async Task<TestUser> RegisterAsync(string? setupToken)
    {
        var name = $"user{Interlocked.Increment(ref _users)}";
        var (email, password) = ($"{name}@example.com", $"correct horse {name}");
        using var response = await Anonymous.PostAsJsonAsync("/api/auth/register", new { username = name, email, password, agreement = true, setupToken });
        var data = await response.DataAsync(201);
        var token = data.GetProperty("accessToken").GetString()!;
        return new TestUser(
            data.GetProperty("user").GetProperty("id").GetGuid(), name, email, password, token, ClientWith(token),
            response.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
    }

    private HttpClient Client(Uri address)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = address };
        lock (_clients)
        {
            _clients.Add(client);
        }

        return client;
    }
}

/// <summary>A registered user.</summary>
/// <param name="Http">Sends the access token with every request.</param>
/// <param name="Cookie">The refresh cookie as <c>name=value</c>.</param>
public sealed record TestUser(Guid Id, string Username, string Email, string Password, string AccessToken, HttpClient Http, string Cookie);

/// <summary>Reads the envelope, and says what came instead when it is not the expected one.</summary>
internal static class Answers
{
    /// <returns><c>data</c> of a successful answer.</returns>
    public static async Task<JsonElement> DataAsync(this HttpResponseMessage response, int status = 200)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"Expected {status}, got {(int)response.StatusCode}: {body}");
        return JsonElement.Parse(body).GetProperty("data");
    }

    /// <summary>Expects a refusal with this status and code.</summary>
    /// <returns>The first error.</returns>
    public static async Task<JsonElement> FaultAsync(this HttpResponseMessage response, int status, string code)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status && body.Contains($"\"{code}\"", StringComparison.Ordinal), $"Expected {status} {code}, got {(int)response.StatusCode}: {body}");
        return JsonElement.Parse(body).GetProperty("errors")[0];
    }
}
