using System.Text.Json;
using AIMake.Operations;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Operations;

/// <summary>The key printed at the start of a simulation.</summary>
public sealed class DemoKeyTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DemoKey Keys => server.Services.GetRequiredService<DemoKey>();

    [Fact]
    public async Task Each_start_makes_a_key_with_play_money_once_a_day_and_ends_the_one_before()
    {
        var first = await Keys.MakeAsync(Ct);
        var second = await Keys.MakeAsync(Ct);

        Assert.NotEqual(first, second);
        Assert.Equal(401, await StatusAsync(first!));
        using var answer = await CreditsAsync(second!);
        Assert.InRange((await answer.DataAsync()).GetProperty("remainingCredits").GetDecimal(), 1000, 1999);
    }

    [Fact]
    public async Task Where_nobody_may_sign_up_there_is_none()
    {
        await using var closed = await TestServer.StartAsync(["--Accounts:Registration", "closed"]);

        Assert.Null(await closed.Services.GetRequiredService<DemoKey>().MakeAsync(Ct));
    }

    private async Task<int> StatusAsync(string key)
    {
        using var answer = await CreditsAsync(key);
        return (int)answer.StatusCode;
    }

    private async Task<HttpResponseMessage> CreditsAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/credits");
        request.Headers.Authorization = new("Bearer", key);
        return await server.Anonymous.SendAsync(request, Ct);
    }
}
