using AIMake.Platform.Faults;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace AIMake.Accounts.Passwords;

/// <summary>How a password compared with a stored hash.</summary>
internal enum PasswordMatch
{
    No,
    Yes,

    /// <summary>Right, but hashed with fewer iterations than today's: store it anew.</summary>
    YesButOld,
}

/// <summary>
/// PBKDF2-HMAC-SHA512 behind a bulkhead. One hash costs a tenth of a second of a core by design, so a flood of sign-ins is
/// an attack on everything else that needs the CPU: it has a lane of its own that steps back, thirty-two wait, the rest come back later.
/// </summary>
internal sealed class PasswordHashing : IDisposable
{
    private const int AtOnce = 2;
    private const int Queue = 32;
    private readonly PasswordHasher<object> _hasher;
    private readonly HashingLane _lane = new(TimeProvider.System);
    private readonly string _dummy;
    private int _inside;
    private long _compared;

    public PasswordHashing(IOptions<AccountsOptions> options, ILogger<PasswordHashing> log)
    {
        if (options.Value.PasswordIterations < AccountsOptions.RecommendedIterations)
        {
            AccountsLog.WeakHashing(log, options.Value.PasswordIterations, AccountsOptions.RecommendedIterations);
        }

        _hasher = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = options.Value.PasswordIterations }));
        _dummy = _hasher.HashPassword(this, Guid.CreateVersion7().ToString());
    }

    /// <summary>Comparisons so far, those with the dummy among them.</summary>
    public long Compared => Interlocked.Read(ref _compared);

    /// <returns>The hash to store, or RATE_LIMITED when too many wait.</returns>
    public Task<Outcome<string>> HashAsync(string password, CancellationToken ct) => QueuedAsync(() => _hasher.HashPassword(this, password), ct);

    /// <param name="hash">Null when there is no such user: then a dummy is compared, so that the answer takes as long.</param>
    public Task<Outcome<PasswordMatch>> CompareAsync(string? hash, string password, CancellationToken ct) => QueuedAsync(
        () =>
        {
            var match = _hasher.VerifyHashedPassword(this, hash ?? _dummy, password);
            Interlocked.Increment(ref _compared);
            return (match, hash) switch
            {
                (_, null) => PasswordMatch.No,
                (PasswordVerificationResult.Success, _) => PasswordMatch.Yes,
                (PasswordVerificationResult.SuccessRehashNeeded, _) => PasswordMatch.YesButOld,
                _ => PasswordMatch.No,
            };
        },
        ct);

    public void Dispose() => _lane.Dispose();

    private async Task<Outcome<T>> QueuedAsync<T>(Func<T> work, CancellationToken ct)
    {
        if (Interlocked.Increment(ref _inside) > AtOnce + Queue)
        {
            Interlocked.Decrement(ref _inside);
            return new Fault(FaultCodes.RateLimited, 5) { RetryAfter = TimeSpan.FromSeconds(5) };
        }

        try
        {
            return await _lane.RunAsync(work, ct);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}
