using System.Net;
using AIMake.Providers;
using AIMake.Tests.Hosting;
using AIMake.Tests.Platform.Outbound;
using Microsoft.AspNetCore.Http;

namespace AIMake.Tests.Gateway.Translation;

/// <summary>A link to what was made that does not open is no word about the key, and no reason to have it made again.</summary>
public sealed class ResultLinkTests(ForeignBed bed) : IClassFixture<ForeignBed>
{
    private static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(402)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(429)]
    [InlineData(302)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_refused_link_takes_no_healthy_key_out_and_nothing_is_made_twice(int status)
    {
        var user = await bed.Server.CreateUserAsync();
        var model = bed.Fresh("easel");
        var opens = false;
        bed.Upstream.Seen.Clear();
        bed.Upstream.Answer = context =>
        {
            if (context.Request.Path == "/v1/paint")
            {
                context.Response.ContentType = "application/json";
                return context.Response.WriteAsync("""{"at":"made.png"}""");
            }

            context.Response.StatusCode = opens ? 200 : status;
            context.Response.Headers.Location = "https://example.com/";
            return opens ? context.Response.Body.WriteAsync(Png).AsTask() : Task.CompletedTask;
        };

        for (var i = 0; i < 12; i++) // more than any breaker bears
        {
            await GatewayBed.ErrorAsync(await PaintAsync(user, model), 502, "upstream_error");
        }

        opens = true;
        using var made = await PaintAsync(user, model);

        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        Assert.Equal(13, bed.Upstream.Seen.Count(seen => seen.Path == "/v1/paint"));
        Assert.Equal(1m, Assert.Single(await bed.UsageAsync(user)).Credits);
        Assert.Equal(0m, (await bed.CreditsAsync(user)).Held);
    }

    [Theory]
    [InlineData("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", ProviderFaultKind.Lost, ProviderStage.FirstByte)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: https://example.com/\r\nContent-Length: 0\r\n\r\n", ProviderFaultKind.Lost, ProviderStage.FirstByte)]
    [InlineData("", ProviderFaultKind.Lost, ProviderStage.FirstByte)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", ProviderFaultKind.InvalidResponse, ProviderStage.Decode)]
    internal async Task What_keeps_a_link_from_opening_is_told_in_one_way(string answer, ProviderFaultKind kind, ProviderStage stage)
    {
        await using var server = new RawServer(answer);
        using var http = OutboundTestBed.Create([server.Host]);

        var fault = (await Assert.ThrowsAsync<ProviderException>(() => FetchedStream.OpenAsync(http, new Uri($"http://{server.Host}/x.mp4"), TimeProvider.System, Ct, kinds: "video/"))).Fault;

        Assert.Equal((kind, stage), (fault.Kind, fault.Stage));
    }

    private static Task<HttpResponseMessage> PaintAsync(TestUser user, string model) =>
        user.Http.PostAsync("/v1/images/generations", GatewayRequests.Json($$"""{"model":"{{model}}","prompt":"A boat"}"""), Ct);
}
