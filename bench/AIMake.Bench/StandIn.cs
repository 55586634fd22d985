using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AIMake.Bench;

/// <summary>A provider of our own on a free port of this machine, in the process of the benchmark.</summary>
internal static class StandIn
{
    /// <param name="answer">Called for every request, once its body has been read.</param>
    public static async Task<WebApplication> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await answer(context);
        });
        await app.StartAsync();
        return app;
    }
}
