using System.Globalization;
using AIMake.Platform.Faults;

namespace AIMake.Platform.Http;

/// <summary>How a route is limited, besides what one address and one user may do in all.</summary>
internal enum RateClass
{
    /// <summary>Nothing besides.</summary>
    Default,

    /// <summary>Where passwords and tokens are tried: strict, per address.</summary>
    Auth,

    /// <summary>What costs credits: per user.</summary>
    Paid,
}

/// <summary>The endpoint metadata behind <see cref="RateLimitExtensions.WithRateClass"/>.</summary>
internal sealed record RateClassMetadata(RateClass Class);

/// <summary>
/// Token buckets: one per address, per user and per API key with a limit, and narrower ones for the routes that ask for them.
/// Answers carry <c>RateLimit-Policy</c> and <c>RateLimit</c> for the narrowest bucket; a refusal is RATE_LIMITED with
/// <c>Retry-After</c>, and uses nothing up.
/// </summary>
internal sealed class RateLimits(RateLimitOptions options, IRateBuckets counter)
{
    /// <summary>Before the caller is known: a flood of bad tokens is stopped here.</summary>
    public Task ByAddressAsync(HttpContext context, RequestDelegate next)
    {
        var key = ClientAddress.LimitKey(context);
        var address = new RateBucket("address", key, options.PerAddress);
        return AdmitAsync(context, next, Class(context) is RateClass.Auth ? [new("auth", key, options.Auth), address] : [address]);
    }

    /// <summary>After the caller is known. Anonymous requests were counted by address.</summary>
    public Task ByUserAsync(HttpContext context, RequestDelegate next)
    {
        if (!Accounts.CurrentCaller.TryGet(context, out var caller))
        {
            return next(context);
        }

        var id = caller.UserId.ToString();
        var user = new RateBucket("user", id, options.PerUser);
        var paid = Class(context) is RateClass.Paid ? new RateBucket("paid", id, options.Paid) : (RateBucket?)null;
        var key = caller.ApiKey is { RateLimit: { } limit } apiKey ? new RateBucket("key", apiKey.Id.ToString(), limit) : (RateBucket?)null;
        return AdmitAsync(context, next, (key, paid) switch
        {
            ({ } k, { } p) => [k, p, user],
            ({ } k, null) => [k, user],
            (null, { } p) => [p, user],
            _ => [user],
        });
    }

    private async Task AdmitAsync(HttpContext context, RequestDelegate next, RateBucket[] buckets)
    {
        var verdict = await counter.TakeAsync(buckets, context.RequestAborted);
        var told = buckets[Math.Max(0, verdict.Refused)];
        var seconds = (int)Math.Ceiling(told.Interval.TotalSeconds);
        var headers = context.Response.Headers;
        headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{told.Name}\";q={told.PerMinute};w=60");
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{told.Name}\";r={verdict.Left};t={seconds}");
        if (verdict.Refused >= 0)
        {
            await FaultWriter.WriteAsync(context, new(FaultCodes.RateLimited, seconds) { RetryAfter = TimeSpan.FromSeconds(seconds) });
            return;
        }

        await next(context);
    }

    private static RateClass Class(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<RateClassMetadata>()?.Class ?? RateClass.Default;
}

internal static class RateLimitExtensions
{
    public static TBuilder WithRateClass<TBuilder>(this TBuilder builder, RateClass rateClass)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RateClassMetadata(rateClass));

    public static void UseAddressLimits(this IApplicationBuilder app)
    {
        var limits = app.ApplicationServices.GetRequiredService<RateLimits>();
        app.Use(next => context => limits.ByAddressAsync(context, next));
    }

    public static void UseUserLimits(this IApplicationBuilder app)
    {
        var limits = app.ApplicationServices.GetRequiredService<RateLimits>();
        app.Use(next => context => limits.ByUserAsync(context, next));
    }
}
