using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AIMake.Bench;

/// <summary>A provider of our own on a free port of this machine, in the process of the benchmark.</summary>
internal static class StandIn
{
    /// <param name="answer">Called for every request, once its body has been read.</param>
    public static Task<WebApplication> StartAsync(RequestDelegate answer) => ListenAsync(async context =>
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        await answer(context);
    });

    /// <param name="answer">Called for every request with its body.</param>
    public static Task<WebApplication> StartAsync(Func<HttpContext, byte[], Task> answer) => ListenAsync(async context =>
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        await answer(context, body.ToArray());
    });

    private static async Task<WebApplication> ListenAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }
}
