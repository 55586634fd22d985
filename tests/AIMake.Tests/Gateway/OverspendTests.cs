using System.Net;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Gateway;

/// <summary>F33 and S31: two hundred calls with credits for ten, through every door at once.</summary>
public sealed class OverspendTests(GatewayBed bed) : IClassFixture<GatewayBed>
{
    /// <summary>Each sets between 48 and 50 credits aside, and costs that: of 500, ten in any mixture and no eleven.</summary>
    private static readonly (string Path, string Order, string Answer)[] Doors =
    [
        ("/v1/chat/completions", """{"model":"parrot","messages":[{"role":"user","content":"Hi"}],"max_tokens":24000}""", """{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":24000}}"""),
        ("/v1/responses", """{"model":"parrot","input":"Hi","max_output_tokens":24000}""", """{"object":"response","output":[],"usage":{"input_tokens":10,"output_tokens":24000}}"""),
        ("/v1/images/generations", """{"model":"brush","prompt":"ten foxes","n":10}""", $$"""{"data":[{{string.Join(',', Enumerable.Repeat("""{"b64_json":"AAAA"}""", 10))}}]}"""),
    ];

    [Fact]
    public async Task Two_hundred_at_once_over_every_route_two_nodes_and_every_way_to_send_a_key_spend_exactly_ten()
    {
        var user = await bed.Server.CreateUserAsync();
        await using var other = await bed.StartNodeAsync();
        var key = await user.CreateKeyAsync("chat", "images");
        bed.Upstream.Answer = context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Doors.Single(d => d.Path == context.Request.Path).Answer)).AsTask();
        };
        bed.Upstream.Seen.Clear();

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var (path, order, _) = Doors[i % 3];
            var (header, value) = (i % 4) switch { 0 => ("x-api-key", key), 1 => ("api-key", key), 2 => ("Authorization", $"Bearer {key}"), _ => ("Authorization", $"Bearer {user.AccessToken}") };
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = GatewayRequests.Json(order) };
            request.Headers.Add(header, value);
            using var answer = await (i / 3 % 2 == 0 ? bed.Server : other).Anonymous.SendAsync(request);
            return answer.StatusCode;
        }));

        Assert.Equal(10, answers.Count(a => a == HttpStatusCode.OK));
        Assert.Equal(190, answers.Count(a => a == HttpStatusCode.PaymentRequired));
        Assert.Equal(10, bed.Upstream.Seen.Count);
        var (remaining, held) = await bed.CreditsAsync(user);
        Assert.InRange(remaining, 0m, 20m);
        Assert.Equal(0m, held);
    }
}
