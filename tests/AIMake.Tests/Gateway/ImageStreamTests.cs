using System.Net;
using System.Text;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace AIMake.Tests.Gateway;

/// <summary>Pictures while they are painted: what each way of ending costs.</summary>
public sealed class ImageStreamTests(GatewayBed bed) : IClassFixture<GatewayBed>
{
    private const string Path = "/v1/images/generations";
    private const string Order = """{"model":"brush","prompt":"a fox","quality":"low","stream":true,"partial_images":2}""";

    [Fact]
    public async Task A_whole_picture_says_what_it_cost_before_it_comes()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Streams([Partial, Partial, Completed]);

        using var response = await user.Http.PostAsync(Path, GatewayRequests.Json(Order));

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(Text(Partial) + Text(Partial) + ": X-AIMake-Credits 2\n\n" + Text(Completed), text);
        var used = Assert.Single(await bed.UsageAsync(user));
        Assert.Equal(("brush", 2m, 7L, false), (used.Model, used.Credits, used.Out, used.Cut));
    }

    [Fact]
    public async Task What_was_painted_is_charged_where_the_quality_was_left_to_the_provider()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Streams([Completed]);
        using var response = await user.Http.PostAsync(Path, GatewayRequests.Json("""{"model":"brush","prompt":"a fox","stream":true}"""));
        Assert.Contains(": X-AIMake-Credits 2\n", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>Half a picture is worth having: leaving before the end must not make it free.</summary>
    [Fact]
    public async Task Who_leaves_with_half_a_picture_pays_for_it_and_the_upstream_is_hung_up()
    {
        var user = await bed.Server.CreateUserAsync();
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bed.Upstream.Streams([Partial], context => UntilLeftAsync(context, left));

        await user.ReadUntilAsync(bed.Server, Path, Order, seen => seen.Contains("partial_image", StringComparison.Ordinal));

        await left.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await HangingUp.UntilAsync(async () => (await bed.UsageAsync(user)).Count == 1);
        Assert.Equal((500m - 2m, 0m), await bed.CreditsAsync(user));
        Assert.True((await bed.UsageAsync(user))[0].Cut);
    }

    [Fact]
    public async Task Who_leaves_before_anything_was_painted_pays_nothing()
    {
        var user = await bed.Server.CreateUserAsync();
        var (asked, left) = (new TaskCompletionSource(), new TaskCompletionSource());
        bed.Upstream.Answer = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.FlushAsync();
            asked.SetResult();
            await UntilLeftAsync(context, left);
        };

        await user.LeaveUnansweredAsync(bed.Server, Path, Order, asked.Task);

        await left.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await HangingUp.UntilAsync(async () => await bed.CreditsAsync(user) == (500m, 0m));
        Assert.Empty(await bed.UsageAsync(user));
    }

    [Theory]
    [InlineData("")]
    [InlineData("event: error\ndata: {}\n\n")]
    [InlineData("data: {\"type\":\"image_gen")]
    public async Task A_provider_that_breaks_off_is_not_paid_and_the_client_is_told(string last)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Streams([Partial, Encoding.UTF8.GetBytes(last)]);

        using var response = await user.Http.PostAsync(Path, GatewayRequests.Json(Order));

        var text = await response.Content.ReadAsStringAsync();
        Assert.Contains("\"code\":\"upstream_interrupted\"", text, StringComparison.Ordinal);
        Assert.Equal((500m, 0m), await bed.CreditsAsync(user));
        Assert.Empty(await bed.UsageAsync(user));
    }

    [Fact]
    public async Task A_provider_that_breaks_off_before_anything_is_an_ordinary_failure()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Streams([]);
        using var response = await user.Http.PostAsync(Path, GatewayRequests.Json(Order));
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        await GatewayBed.ErrorAsync(response, 502, "upstream_interrupted");
        Assert.Equal((500m, 0m), await bed.CreditsAsync(user));
    }

    [Fact]
    public async Task Whole_answers_are_charged_by_the_pictures_that_came()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says("""{"created":1,"data":[{"b64_json":"AAAA"}],"quality":"low"}""");
        using var response = await user.Http.PostAsync(Path, GatewayRequests.Json("""{"model":"brush","prompt":"two foxes","n":2}"""));
        Assert.Equal("2", response.Headers.GetValues("X-AIMake-Credits").Single());
        Assert.Equal((500m - 2m, 0m), await bed.CreditsAsync(user));
    }

    private static byte[] Partial { get; } = Encoding.UTF8.GetBytes("data: {\"type\":\"image_generation.partial_image\",\"b64_json\":\"AAAA\",\"partial_image_index\":0}\n\n");

    private static byte[] Completed { get; } = Encoding.UTF8.GetBytes(
        "data: {\"type\":\"image_generation.completed\",\"b64_json\":\"AAAA\",\"quality\":\"low\",\"usage\":{\"input_tokens\":3,\"output_tokens\":7,\"total_tokens\":10}}\n\n");

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private static async Task UntilLeftAsync(HttpContext context, TaskCompletionSource left)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            left.SetResult();
        }
    }
}
