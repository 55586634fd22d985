using System.Globalization;
using System.Threading.RateLimiting;
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
/// Token buckets in this process: one per address and one per user, and narrower ones for the routes that ask for them.
/// Answers carry <c>RateLimit-Policy</c> and <c>RateLimit</c> for the bucket closest to empty; a refusal is RATE_LIMITED with
/// <c>Retry-After</c>. Idle buckets are dropped.
/// </summary>
internal sealed class RateLimits(RateLimitOptions options) : IDisposable
{
    private readonly Bucket _address = new("address", options.PerAddress);
    private readonly Bucket _auth = new("auth", options.Auth);
    private readonly Bucket _user = new("user", options.PerUser);
    private readonly Bucket _paid = new("paid", options.Paid);

    /// <summary>Before the caller is known: a flood of bad tokens is stopped here.</summary>
    public Task ByAddressAsync(HttpContext context, RequestDelegate next)
    {
        var key = ClientAddress.LimitKey(context);
        return AdmitAsync(context, next, key, _address, Class(context) is RateClass.Auth ? _auth : null);
    }

    /// <summary>After the caller is known. Anonymous requests were counted by address.</summary>
    public Task ByUserAsync(HttpContext context, RequestDelegate next) => Accounts.CurrentCaller.TryGet(context, out var caller)
        ? AdmitAsync(context, next, caller.UserId.ToString(), _user, Class(context) is RateClass.Paid ? _paid : null)
        : next(context);

    public void Dispose()
    {
        foreach (var bucket in new[] { _address, _auth, _user, _paid })
        {
            bucket.Dispose();
        }
    }

    private static async Task AdmitAsync(HttpContext context, RequestDelegate next, string key, Bucket wide, Bucket? narrow)
    {
        // The narrow bucket first: what it refuses must not use up the wide one.
        foreach (var bucket in narrow is null ? [wide] : new[] { narrow, wide })
        {
            if (!bucket.TryTake(key, out var left))
            {
                bucket.Describe(context.Response, left);
                await FaultWriter.WriteAsync(context, bucket.Refusal());
                return;
            }

            if (bucket == (narrow ?? wide))
            {
                bucket.Describe(context.Response, left);
            }
        }

        await next(context);
    }

    private static RateClass Class(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<RateClassMetadata>()?.Class ?? RateClass.Default;

    /// <summary>Refilled every second (or as often as whole tokens allow), full after a minute.</summary>
    private sealed class Bucket : IDisposable
    {
        private readonly string _name;
        private readonly int _perMinute;
        private readonly TimeSpan _period;
        private readonly PartitionedRateLimiter<string> _limiter;

        public Bucket(string name, int perMinute)
        {
            _name = name;
            _perMinute = perMinute;
            _period = perMinute >= 60 ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(60.0 / perMinute);
            _limiter = PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = perMinute,
                TokensPerPeriod = Math.Max(1, perMinute / 60),
                ReplenishmentPeriod = _period,
                QueueLimit = 0,
                AutoReplenishment = true,
            }));
        }

        public bool TryTake(string key, out long left)
        {
            using var lease = _limiter.AttemptAcquire(key);
            left = _limiter.GetStatistics(key)?.CurrentAvailablePermits ?? 0;
            return lease.IsAcquired;
        }

        public void Describe(HttpResponse response, long left)
        {
            response.Headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{_name}\";q={_perMinute};w=60");
            response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{_name}\";r={left};t={Seconds}");
        }

        public Fault Refusal() => new(FaultCodes.RateLimited, Seconds) { RetryAfter = TimeSpan.FromSeconds(Seconds) };

        public void Dispose() => _limiter.Dispose();

        private int Seconds => (int)Math.Ceiling(_period.TotalSeconds);
    }
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
