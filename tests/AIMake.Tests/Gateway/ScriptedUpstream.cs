using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AIMake.Tests.Gateway;

/// <summary>What an upstream was asked, to the byte.</summary>
internal sealed record SeenRequest(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>A server on loopback that answers as each test tells it, byte by byte if need be.</summary>
internal sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedUpstream(WebApplication app) => _app = app;

    /// <summary>How the next requests are answered.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public ConcurrentQueue<SeenRequest> Seen { get; } = new();

    /// <summary>Whether requests are kept; large ones are better not.</summary>
    public bool Keeps { get; set; } = true;

    public string BaseUrl => $"{_app.Urls.First()}/v1";

    public static async Task<ScriptedUpstream> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        var upstream = new ScriptedUpstream(app);
        app.Run(upstream.HandleAsync);
        await app.StartAsync();
        return upstream;
    }

    /// <summary>Answers with a whole body.</summary>
    public void Says(string body, int status = 200, string type = "application/json") => Answer = context =>
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, type);
        return context.Response.WriteAsync(body);
    };

    /// <summary>Answers with a stream of the given pieces, each flushed; <paramref name="then"/> ends it.</summary>
    /// <param name="promised">A length announced and not kept: the connection is cut behind the last piece.</param>
    public void Streams(IEnumerable<byte[]> pieces, Func<HttpContext, Task>? then = null, long? promised = null) => Answer = async context =>
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.ContentLength = promised;
        foreach (var piece in pieces)
        {
            await context.Response.Body.WriteAsync(piece);
            await context.Response.Body.FlushAsync();
        }

        await (then?.Invoke(context) ?? Task.CompletedTask);
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        if (!Keeps)
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await Answer(context);
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var seen = new SeenRequest(context.Request.Path, context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray());
        context.Features.Set(seen);
        Seen.Enqueue(seen);
        await Answer(context);
    }
}
