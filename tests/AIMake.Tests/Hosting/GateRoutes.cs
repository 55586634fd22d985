using AIMake.Accounts;
using AIMake.Accounts.ApiKeys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AIMake.Tests.Hosting;

/// <summary>Routes of each policy, one without, one with two, and a stream that only ends when it is cut.</summary>
internal static class GateRoutes
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/test/public", (HttpContext context) => CurrentCaller.TryGet(context, out var caller) ? caller.UserId.ToString() : "nobody").Public();
        app.MapGet("/test/caller", (CurrentCaller caller) => caller.UserId.ToString()).RequireCaller();
        app.MapGet("/test/chat", (CurrentCaller caller) => caller.UserId.ToString()).RequireCaller().RequireScope(ApiKeyScope.Chat);
        app.MapGet("/test/chat/stream", StreamAsync).RequireCaller().RequireScope(ApiKeyScope.Chat);
        app.MapGet("/test/open-chat", (HttpContext context) => CurrentCaller.TryGet(context, out var caller) ? caller.UserId.ToString() : "nobody").Public().RequireScope(ApiKeyScope.Chat);
        app.MapGet("/test/admin", () => "admin").RequireAdmin();
        app.MapGet("/test/none", () => "reached");
        app.MapGroup("").Public().MapGet("/test/two", () => "reached").RequireAdmin();
        app.MapGet("/test/throws", IResult (string? said) => throw new InvalidOperationException($"canary-secret {said}")).Public();
        app.MapGet("/test/stream", StreamAsync).RequireCaller();
    }

    private static async Task StreamAsync(HttpContext context)
    {
        var ended = new TaskCompletionSource();
        await using var cut = context.RequestAborted.Register(ended.SetResult);
        await context.Response.Body.FlushAsync(); // the headers are out: the client knows it has begun
        await ended.Task;
    }
}
