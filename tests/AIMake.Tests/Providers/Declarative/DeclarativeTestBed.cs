using System.Net;
using AIMake.Platform.Outbound;
using AIMake.Platform.Settings;
using AIMake.Providers;
using AIMake.Providers.Declarative;
using AIMake.Tests.Platform.Outbound;
using Microsoft.Extensions.Logging;

namespace AIMake.Tests.Providers.Declarative;

/// <summary>A folder of files and everything that follows from it, without a server.</summary>
internal sealed class DeclarativeTestBed : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("aimake-declared-").FullName;
    private readonly OutboundHttp _http;

    public DeclarativeTestBed(params string[] allowedHosts)
    {
        Directory.CreateDirectory(Path.Combine(_data, "providers"));
        _http = OutboundTestBed.Create(allowedHosts);
        Folder = new DeclarativeFolder(
            new DeclarativeOptions(), new DataFolder(new ServerOptions { Data = _data }), OutboundTestBed.Urls(allowedHosts, IPAddress.Parse("1.1.1.1")), ["taken"], TimeProvider.System, Log);
        Vendor = new DeclarativeVendor(Folder, _http, TimeProvider.System);
    }

    public DeclarativeFolder Folder { get; }

    public DeclarativeVendor Vendor { get; }

    public ListLog Log { get; } = new();

    public string PathOf(string name) => Path.Combine(_data, "providers", $"{name}.json");

    /// <summary>Puts a file there and lets it be taken.</summary>
    public DeclarativeTestBed With(string name, string json)
    {
        File.WriteAllText(PathOf(name), json);
        Folder.Look(settled: true);
        return this;
    }

    /// <summary>One of the shipped files, calling the simulator; quick about waiting.</summary>
    public DeclarativeTestBed Shipped(string name, string host) =>
        With(name, DeclaredFiles.At(host, name).Replace("\"every\": 1", "\"every\": 0.05", StringComparison.Ordinal));

    public ProviderEndpoint Endpoint(string name, string key)
    {
        var provider = ((IDeclarativeProviders)Folder).Find(name);
        Assert.True(provider is not null, string.Join('\n', Folder.Files.SelectMany(file => file.Problems.Select(problem => problem.En))));
        return provider.Endpoint with { Secret = key };
    }

    public void Dispose()
    {
        _http.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    internal sealed class ListLog : ILogger<DeclarativeFolder>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
