using AIMake.Accounts;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AIMake.Tests.Platform.Http;

public sealed class FaultShapeTests
{
    [Fact]
    public async Task A_route_or_a_path_has_its_faults_in_a_shape_of_its_own()
    {
        await using var server = await TestServer.StartAsync(
            adjust: b => b.Services.AddFaultShape("/other", (context, fault) => context.Response.WriteAsync($"path {fault.Code}")),
            map: app =>
            {
                app.MapGet("/test/shaped", IResult () => throw new FaultException(new(FaultCodes.Conflict))).RequireCaller().SessionOnly()
                    .WithFaultShape((context, fault) => context.Response.WriteAsync($"route {fault.Code}"));
                app.MapGet("/other/bug", IResult () => throw new InvalidOperationException("canary")).Public();
            });
        var user = await server.CreateUserAsync();

        Assert.Equal("409 route CONFLICT", await TellAsync(user.Http, "/test/shaped")); // thrown in the endpoint
        Assert.Equal("401 route UNAUTHENTICATED", await TellAsync(server.Anonymous, "/test/shaped")); // refused at the gate
        Assert.Equal("500 path INTERNAL", await TellAsync(server.Anonymous, "/other/bug"));
        Assert.Equal("404 path NOT_FOUND", await TellAsync(server.Anonymous, "/other/nothing.json")); // no route at all, and no page of the web app
        Assert.StartsWith("404 {\"success\":false", await TellAsync(server.Anonymous, "/api/nothing"), StringComparison.Ordinal);
    }

    private static async Task<string> TellAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
    }
}
