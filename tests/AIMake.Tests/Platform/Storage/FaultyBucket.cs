using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace AIMake.Tests.Platform.Storage;

/// <summary>Stands before the S3 server, keeps a book of what was sent, and breaks what it is told to break.</summary>
internal sealed class FaultyBucket : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AutomaticDecompression = DecompressionMethods.None });
    private readonly ConcurrentQueue<Func<HttpContext, HttpResponseMessage, Task<bool>>> _faults = new();

    private FaultyBucket(WebApplication app) => _app = app;

    public ConcurrentBag<(string Method, string Path, string? BodyDigest)> Book { get; } = [];

    public Uri Address => new(_app.Urls.First());

    public static async Task<FaultyBucket> StartAsync(bool lenient = false)
    {
        var upstream = await S3Server.AddressAsync(lenient);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var bucket = new FaultyBucket(app);
        app.Run(context => bucket.ForwardAsync(context, upstream));
        await app.StartAsync();
        return bucket;
    }

    /// <summary>The next request reaches the server; its answer is replaced. True says that the fault has answered.</summary>
    public void Next(Func<HttpContext, HttpResponseMessage, Task<bool>> fault) => _faults.Enqueue(fault);

    public void NextSlowDown() => Next(async (context, _) =>
    {
        context.Response.StatusCode = 503;
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync("<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>");
        return true;
    });

    /// <summary>The server did the work; the answer is lost.</summary>
    public void NextLostAnswer() => Next((context, _) =>
    {
        context.Abort();
        return Task.FromResult(true);
    });

    public void NextWrongTag() => Next((_, answer) =>
    {
        answer.Headers.ETag = new("\"00000000000000000000000000000000\"");
        return Task.FromResult(false);
    });

    /// <summary>Half of the body, then the connection is cut.</summary>
    public void NextCut() => Next(async (context, answer) =>
    {
        var body = await answer.Content.ReadAsByteArrayAsync();
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
        await context.Response.Body.FlushAsync();
        context.Abort();
        return true;
    });

    public void NextCorrupt() => Next(async (context, answer) =>
    {
        var body = await answer.Content.ReadAsByteArrayAsync();
        body[^1] ^= 1;
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
        return true;
    });

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task ForwardAsync(HttpContext context, Uri upstream)
    {
        var request = context.Request;
        Book.Add((request.Method, request.Path.Value!, request.Headers["x-amz-content-sha256"]));
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget; // as it was signed
        var address = new Uri($"http://{upstream.Authority}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var onward = new HttpRequestMessage(new HttpMethod(request.Method), address);
        if (request.ContentLength is not null)
        {
            onward.Content = new StreamContent(request.Body);
        }

        foreach (var (name, value) in request.Headers.Where(h => h.Key is not ("Connection" or "Expect")))
        {
#pragma warning disable RS0030 // a signature is no form .NET knows, and Kestrel has refused CR and LF already
            if (!onward.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value))
            {
                onward.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value);
            }
#pragma warning restore RS0030
        }

        using var answer = await _client.SendAsync(onward, HttpCompletionOption.ResponseHeadersRead);
        if (_faults.TryDequeue(out var fault) && await fault(context, answer))
        {
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, value) in answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key is not ("Transfer-Encoding" or "Connection")))
        {
            context.Response.Headers[name] = value.ToArray();
        }

        await answer.Content.CopyToAsync(context.Response.Body);
    }
}
