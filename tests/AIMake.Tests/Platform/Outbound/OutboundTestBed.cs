using System.Net;
using AIMake.Platform.Outbound;

namespace AIMake.Tests.Platform.Outbound;

/// <summary>The way out, with short clocks, a scripted name server and the hosts a test allows.</summary>
internal static class OutboundTestBed
{
    /// <summary>Long enough for a busy machine to answer at once, short enough to wait for.</summary>
    public static readonly TimeSpan Short = TimeSpan.FromMilliseconds(250);

    public static OutboundHttp Create(string[] allowedHosts, Action<OutboundOptions>? configure = null, OutboundResolver? resolver = null, TimeProvider? time = null)
    {
        var options = new OutboundOptions { AllowedHosts = allowedHosts };
        configure?.Invoke(options);
        var permits = new OutboundPermits(allowedHosts);
        resolver ??= (_, _) => throw new InvalidOperationException("no name was to be looked up");
        return new OutboundHttp(options, permits, resolver, new OutboundUrls(permits, resolver), time ?? TimeProvider.System);
    }

    public static OutboundUrls Urls(string[]? allowedHosts = null, params IPAddress[] resolved) =>
        new(new OutboundPermits(allowedHosts ?? []), (_, _) => Task.FromResult(resolved));

    public static HttpRequestMessage Get(Uri url) => new(HttpMethod.Get, url);

    public static async Task<OutboundException> FailureAsync(Func<Task> call) => await Assert.ThrowsAsync<OutboundException>(call);
}
