using System.Text;
using System.Text.Json;
using AIMake.Accounts;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Npgsql;

namespace AIMake.Tests.Security;

/// <summary>S60: what a caller learns of an error of ours, and what a line of the log can be made to say.</summary>
public sealed class ErrorDisclosureTests
{
    private static readonly string[] Leaks =
        ["canary", "Exception", "   at ", "AIMake.", ".cs", "SELECT", "relation", "42P01", "/var/lib", "Npgsql", "stack"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S60_an_exception_in_any_route_is_told_as_an_id_and_nothing_else()
    {
        var faults = new Exception[]
        {
            new InvalidOperationException("canary at AIMake.Server in /var/lib/canary.cs"), new IOException("canary: /var/lib/aimake/canary"),
            new NpgsqlException("canary: SELECT canary FROM relation"), new PostgresException("canary: relation does not exist: SELECT 1", "ERROR", "ERROR", "42P01"),
            new KeyNotFoundException("canary"), new ArgumentException("canary", "canary"), new FormatException("canary"), new OverflowException("canary"),
        };
        var turn = 0;
        await using var server = await TestServer.StartAsync(map: app => app.Use((context, next) =>
            context.GetEndpoint() is null || !context.Request.Headers.ContainsKey("X-Fail") ? next(context) : throw faults[turn++ % faults.Length]));
        var admin = await server.CreateAdminAsync();
        var routes = RouteMatrixTests.Routes(server).Where(r => r.Method is not ("HEAD" or "OPTIONS")).ToList();
        Assert.True(routes.Count > 100, $"{routes.Count} routes");

        foreach (var route in routes)
        {
            using var answer = await RouteMatrixTests.SendAsync(admin.Http, route, header: ("X-Fail", "1"));
            var body = await answer.Content.ReadAsStringAsync(Ct);
            Assert.True((int)answer.StatusCode is 500 or 503, $"{route}: {(int)answer.StatusCode} {body}");
            Assert.Equal([], Leaks.Where(l => body.Contains(l, StringComparison.Ordinal)).Select(l => $"{route} tells '{l}': {body}"));
            Assert.Contains(answer.Headers.GetValues("X-Request-Id").Single(), body + answer.Headers, StringComparison.Ordinal);
            Assert.DoesNotContain(answer.Headers, h => h.Key is "Server" or "X-Powered-By");
        }

        Assert.True(turn >= routes.Count);
        using var well = await admin.Http.GetAsync("/api/auth/me", Ct);
        Assert.True(well.IsSuccessStatusCode); // the twin that is let through
    }

    /// <summary>Control characters, quotes and whole forged lines in everything a caller chooses.</summary>
    [Fact]
    public async Task S60_each_message_of_the_log_is_one_line_of_JSON_whatever_callers_send()
    {
        const string evil = "x\"}\r\n{\"Level\":\"Forged\"}\u001b[31m\u2028\u0085\0'";
        using var written = new StringWriter();
        await using var server = await TestServer.StartAsync(
            ["--Logging:LogLevel:Default", "Trace", "--Logging:LogLevel:Microsoft", "Trace"],
            b =>
            {
                b.Logging.AddJsonConsole(); // its formatter, as the server set it up; not the console
                b.Logging.ClearProviders();
                b.Services.AddSingleton<ILoggerProvider>(s => new FormattedLogs(
                    s.GetServices<ConsoleFormatter>().Single(f => f.Name == ConsoleFormatterNames.Json), written));
            },
            map: app => app.MapGet("/test/throws", IResult (string said) => throw new InvalidOperationException(said)).Public());
        var user = await server.CreateUserAsync();

        using (var request = new HttpRequestMessage(HttpMethod.Get, $"/test/throws?said={Uri.EscapeDataString(evil)}"))
        {
            request.Headers.TryAddUnchecked("User-Agent", "agent\u001b[31m\"}{\"Level\":\"Forged\"}");
            request.Headers.TryAddUnchecked("X-Request-Id", "\"}{\"Level\":\"Forged\"}");
            request.Headers.TryAddUnchecked("Referer", "http://x/\u001b[2J");
            (await server.Anonymous.SendAsync(request, Ct)).Dispose();
        }

        foreach (var path in new[] { "/api/" + Uri.EscapeDataString(evil), $"/api/library/{Uri.EscapeDataString(evil)}", $"/api/library?q={Uri.EscapeDataString(evil)}" })
        {
            (await user.Http.GetAsync(path, Ct)).Dispose();
        }

        foreach (var (path, body) in new[] { ("/api/auth/login", "login"), ("/api/tokens", "name"), ("/api/tts/generate", "text") })
        {
            using var content = new StringContent(JsonSerializer.Serialize(new Dictionary<string, string> { [body] = evil, ["password"] = evil, [evil] = evil }), Encoding.UTF8, "application/json");
            (await user.Http.PostAsync(path, content, Ct)).Dispose();
        }

        string[] lines;
        lock (written)
        {
            lines = written.ToString().TrimEnd('\n').Split('\n');
        }

        Assert.True(lines.Length > 50, $"{lines.Length} lines");
        Assert.Contains(lines, l => l.Contains("Forged", StringComparison.Ordinal)); // it got there
        Assert.All(lines, line =>
        {
            using var parsed = JsonDocument.Parse(line); // throws for half a line, or two in one
            Assert.NotEqual("Forged", parsed.RootElement.TryGetProperty("Level", out var level) ? level.GetString() : "none");
            Assert.DoesNotContain(line, c => c < ' ' || c is '\u007f' or '\u0085' or '\u2028');
        });
    }

    /// <summary>Writes through a formatter of the console, into memory.</summary>
    private sealed class FormattedLogs(ConsoleFormatter formatter, StringWriter to) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter1)
        {
            lock (to)
            {
                formatter.Write(new Microsoft.Extensions.Logging.Abstractions.LogEntry<TState>(logLevel, "test", eventId, state, exception, formatter1), null, to);
            }
        }

        public void Dispose()
        {
        }
    }
}
