using AIMake.Video.Making;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Video;

/// <summary>What several classes of video tests do.</summary>
internal static class VideoBeds
{
    /// <summary>What the schedule does every minute.</summary>
    public static Task SweepAsync(Hosting.TestServer server) => server.Services.GetRequiredService<LooseTasks>().RunOnceAsync(TestContext.Current.CancellationToken);
}
