using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Hosting;

/// <summary>The whole server in this process, on a free port, with a database and a data folder of its own.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _data;
    private readonly bool _ownsDatabase;

    private TestApp(WebApplication app, string data, string connectionString, bool ownsDatabase)
    {
        (_app, _data, ConnectionString, _ownsDatabase) = (app, data, connectionString, ownsDatabase);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = NewClient();
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public string ConnectionString { get; }

    public string DataFolder => _data;

    /// <param name="adjust">Replaces services before the server is built.</param>
    /// <param name="map">Adds routes for the test.</param>
    /// <param name="settings">As on the command line: <c>--Section:Key=value</c>.</param>
    /// <param name="database">Connection string to use instead of a fresh database, e.g. to start a second node.</param>
    public static async Task<TestApp> StartAsync(
        Action<WebApplicationBuilder>? adjust = null, Action<WebApplication>? map = null, string[]? settings = null, string? database = null, string? data = null)
    {
        var ownsDatabase = database is null;
        if (database is not null)
        {
            TestPostgres.Keep(database);
        }

        database ??= await TestPostgres.CreateDatabaseAsync();
        data ??= Directory.CreateTempSubdirectory("aimake-app-").FullName;
        var app = AIMakeServer.Build(
            [
                "--Http:Port=0", "--Http:Host=127.0.0.1", "--Telemetry:MetricsPort=-1", "--Telemetry:LogFormat=json", "--Logging:LogLevel:Default=None",
                "--Logging:LogLevel:Microsoft=None", "--Scheduling:Enabled=false", $"--Server:Data={data}", $"--Database:Url={database}", .. settings ?? [],
            ],
            adjust);
        map?.Invoke(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestApp(app, data, database, ownsDatabase);
    }

    /// <summary>A client that follows no redirects and keeps no cookies.</summary>
    public HttpClient NewClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { BaseAddress = Address };

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Stops as SIGTERM would.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsDatabase)
        {
            await TestPostgres.ReleaseAsync(ConnectionString);
        }

        if (Directory.Exists(_data))
        {
            Directory.Delete(_data, recursive: true);
        }
    }
}
