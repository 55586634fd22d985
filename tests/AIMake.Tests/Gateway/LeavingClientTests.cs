using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace AIMake.Tests.Gateway;

/// <summary>
/// F29 and S35: a thousand clients who leave streams, before the first byte, after the first, some and the last word, and after all
/// of it; where we hang up on the provider, and where we read on because it bills the whole answer anyway.
/// </summary>
public sealed class LeavingClientTests
{
    private const string Path = "/v1/chat/completions";
    private const int Words = 40;
    private const int Everything = Words + 1;
    private const int Each = 100;
    private readonly ConcurrentDictionary<string, Visit> _visits = new();
    private readonly ConcurrentBag<TimeSpan> _hungUpAfter = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_thousand_clients_who_leave_pay_for_what_they_had(bool readOn)
    {
        await using var bed = await GatewayBed.StartAsync(readOn ? ["--Gateway:DrainProviders:0", "upstream", "--Gateway:MaxDrains", "1000"] : []);
        bed.Upstream.Answer = context => SpeakAsync(context, readOn);

        foreach (var words in new[] { 0, 1, 7, Words, Everything })
        {
            var user = await bed.Server.CreateUserAsync();
            await Parallel.ForEachAsync(Enumerable.Range(0, Each), new ParallelOptions { MaxDegreeOfParallelism = 25 }, async (i, _) => await VisitAsync(bed, user, $"{words} {i}", words));
            await HangingUp.UntilAsync(async () => (await bed.UsageAsync(user)).Count == (words == 0 ? 0 : Each) && (await bed.CreditsAsync(user)).Held == 0);

            var used = await bed.UsageAsync(user);
            Assert.Equal(500m - used.Sum(u => u.Credits), (await bed.CreditsAsync(user)).Remaining);
            Assert.All(used, u => Assert.Equal(readOn ? Words : Math.Min(words, Words), u.Out)); // what was delivered, or what the provider bills us
            if (words == Everything || !readOn)
            {
                Assert.All(used, u => Assert.Equal(words != Everything, u.Cut)); // who reads to the end has not left
            }
        }

        var waits = _hungUpAfter.Order().ToList();
        Assert.Equal(readOn ? Each : 4 * Each, waits.Count);
        Assert.True(waits[waits.Count / 2] < TimeSpan.FromSeconds(1), $"half were hung up on after {waits[waits.Count / 2]}");
    }

    [Fact]
    public async Task Reading_on_has_its_limits_in_number_and_in_time()
    {
        await using var bed = await GatewayBed.StartAsync("--Gateway:DrainProviders:0", "upstream", "--Gateway:MaxDrains", "1", "--Gateway:DrainFor", "00:00:03");
        bed.Upstream.Answer = context => SpeakAsync(context, readOn: false); // waits for ever
        var user = await bed.Server.CreateUserAsync();

        await VisitAsync(bed, user, "read on for three seconds", 3);
        await VisitAsync(bed, user, "one too many", 3);
        await HangingUp.UntilAsync(async () => (await bed.UsageAsync(user)).Count == 2);

        Assert.Equal([3L, 3L], (await bed.UsageAsync(user)).Select(u => u.Out));
        var waits = _hungUpAfter.Order().ToList();
        Assert.True(waits[0] < TimeSpan.FromSeconds(2.5), $"the second was hung up on after {waits[0]}");
        Assert.True(waits[1] > TimeSpan.FromSeconds(2.5), $"the first was hung up on after {waits[1]}");
    }

    private async Task VisitAsync(GatewayBed bed, TestUser user, string prompt, int words)
    {
        var visit = _visits[prompt] = new Visit(words);
        var body = GatewayRequests.Chat(""","stream":true""", prompt);
        if (words == 0)
        {
            await user.LeaveUnansweredAsync(bed.Server, Path, body, visit.Asked.Task);
        }
        else
        {
            await user.ReadUntilAsync(bed.Server, Path, body, seen => words == Everything ? seen.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal) : seen.Split("\" word\"").Length > words);
        }

        visit.LeftAt = TimeProvider.System.GetTimestamp();
        visit.Left.SetResult();
    }

    /// <summary>Says as many words as the client will listen to, then waits: until it is hung up on or, if it will be read on, until the client has left.</summary>
    private async Task SpeakAsync(HttpContext context, bool readOn)
    {
        var visit = _visits[JsonElement.Parse(context.Features.Get<SeenRequest>()!.Text).GetProperty("messages")[0].GetProperty("content").GetString()!];
        try
        {
            if (visit.Words > 0)
            {
                context.Response.ContentType = "text/event-stream";
                await SayAsync(context, Math.Min(visit.Words, Words));
            }

            visit.Asked.SetResult();
            if (visit.Words != Everything && (visit.Words == 0 || !readOn))
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            await (visit.Words == Everything ? Task.CompletedTask : visit.Left.Task);
            await SayAsync(context, Words - visit.Words);
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(
                "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":40,\"total_tokens\":51}}\n\ndata: [DONE]\n\n"));
        }
        catch (OperationCanceledException)
        {
            await visit.Left.Task;
            _hungUpAfter.Add(TimeProvider.System.GetElapsedTime(visit.LeftAt));
        }
    }

    private static async Task SayAsync(HttpContext context, int words)
    {
        for (var i = 0; i < words; i++)
        {
            await context.Response.Body.WriteAsync("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"}}]}\n\n"u8.ToArray());
            await context.Response.Body.FlushAsync();
        }
    }

    private sealed class Visit(int words)
    {
        public int Words => words;

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long LeftAt { get; set; }
    }
}
