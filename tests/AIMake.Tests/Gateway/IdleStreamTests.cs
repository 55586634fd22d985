using System.Collections.Concurrent;
using System.Net;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Gateway;

/// <summary>S36: streams are cheap to open and dear to keep.</summary>
public sealed class IdleStreamTests(GatewayBed bed) : IClassFixture<GatewayBed>
{
    [Fact]
    public async Task Of_a_thousand_idle_streams_on_one_key_those_beyond_its_limit_are_refused()
    {
        var user = await bed.Server.CreateUserAsync();
        using var key = bed.Server.ClientWith(await user.CreateKeyAsync("chat"));
        bed.Upstream.Answer = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        var (open, refused) = (new ConcurrentBag<HttpResponseMessage>(), new ConcurrentBag<HttpResponseMessage>());
        using var leave = new CancellationTokenSource();

        var calls = Enumerable.Range(0, 1_000).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = GatewayRequests.Json(GatewayRequests.Chat(""","stream":true,"max_tokens":10""")) };
            try
            {
                var answer = await key.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leave.Token);
                (answer.StatusCode is HttpStatusCode.OK ? open : refused).Add(answer);
            }
            catch (OperationCanceledException)
            {
                // was idle to the end
            }
        }).ToArray();
        await HangingUp.UntilAsync(() => Task.FromResult(refused.Count >= 500));

        using (var other = await user.Http.GetAsync("/v1/models"))
        {
            Assert.True(other.IsSuccessStatusCode); // in person there is room
        }

        await leave.CancelAsync();
        await Task.WhenAll(calls);
        foreach (var stream in open) stream.Dispose();
        Assert.Equal(500, refused.Count);
        foreach (var answer in refused)
        {
            await GatewayBed.ErrorAsync(answer, 429, "concurrency_limited");
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        await HangingUp.UntilAsync(async () => await bed.CreditsAsync(user) is { Held: 0 });
        bed.Upstream.Says("""{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":20}}""");
        using var after = await key.PostAsync("/v1/chat/completions", GatewayRequests.Json(GatewayRequests.Chat()));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }
}
