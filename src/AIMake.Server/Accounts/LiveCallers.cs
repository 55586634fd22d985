using System.Collections.Concurrent;
using AIMake.Accounts.ApiKeys;
using AIMake.Accounts.Clerk;
using AIMake.Accounts.Tokens;

namespace AIMake.Accounts;

/// <summary>What a caller was recognised by: the claims of an access token, a session of Clerk's, or else an API key.</summary>
/// <param name="ClerkUser">The local user behind a session of Clerk's.</param>
internal readonly record struct CallerProof(AccessClaims? Claims, ApiKeyDigest Key, Guid? ClerkUser = null);

/// <summary>
/// Requests of signed-in users and of keys that are under way. A stream may last longer than the right to it, so those that have lasted
/// a while are checked again every few seconds and cut when their caller no longer stands.
/// </summary>
internal sealed class LiveCallers(CallerStates states, ClerkCallers clerk, ApiKeyStates keys, TimeProvider clock, ILogger<LiveCallers> log) : BackgroundService
{
    /// <summary>How often the streams are gone through; twice this bounds how long one outlives its right.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<long, Live> _live = new();
    private long _last;

    public IDisposable Enter(HttpContext context, CallerProof proof, CurrentCaller caller)
    {
        var id = Interlocked.Increment(ref _last);
        var entry = new Live(this, id, context, proof, caller, clock.GetTimestamp());
        _live[id] = entry;
        return entry;
    }

    /// <summary>Checks every request older than one round.</summary>
    internal async Task CheckAsync(CancellationToken ct)
    {
        foreach (var entry in _live.Values.Where(e => clock.GetElapsedTime(e.Since) >= Round))
        {
            var current = entry.Proof switch
            {
                { Claims: { } claims } => await states.ResolveAsync(claims, ct),
                { ClerkUser: { } user } => await clerk.StillAsync(user, ct),
                _ => await keys.ResolveAsync(entry.Proof.Key),
            };
            if (current is not { } now || now.Role < entry.Caller.Role)
            {
                AccountsLog.StreamCut(log, entry.Caller.UserId);
                entry.Cut();
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Round, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CheckAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                AccountsLog.StreamCheckFailed(log, e); // the database is away; the next round asks again
            }
        }
    }

    /// <summary>A context is used again for the next request, so aborting and leaving exclude each other.</summary>
    private sealed class Live(LiveCallers owner, long id, HttpContext context, CallerProof proof, CurrentCaller caller, long since) : IDisposable
    {
        private readonly Lock _gate = new();
        private bool _left;

        public CallerProof Proof => proof;

        public CurrentCaller Caller => caller;

        public long Since => since;

        public void Cut()
        {
            lock (_gate)
            {
                if (!_left)
                {
                    context.Abort();
                }
            }
        }

        public void Dispose()
        {
            lock (_gate)
            {
                _left = true;
            }

            owner._live.TryRemove(id, out _);
        }
    }
}
