using System.Buffers;
using System.Collections.Concurrent;
using AIMake.Platform.Outbound;

namespace AIMake.Accounts.Jwt;

/// <summary>
/// Keys of the issuers this server trusts, fetched from addresses that stand in the settings or in a document found there, never in a
/// token. A set is used for an hour; a name it lacks has it fetched again, at most once in five minutes, however many tokens name
/// keys that do not exist. While an issuer is away its last set is used for up to a day. Nobody waits for an issuer whose key is known: the set is
/// renewed behind whoever finds it old.
/// </summary>
internal sealed class IssuerKeys(OutboundHttp http, TimeProvider clock, ILogger<IssuerKeys> log)
{
    public static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    public static readonly TimeSpan Stale = TimeSpan.FromHours(24);

    /// <summary>Between two fetches that came back, with keys or with rubbish.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    /// <summary>Between two tries while nobody answers.</summary>
    public static readonly TimeSpan Retry = TimeSpan.FromSeconds(30);

    private static readonly SearchValues<char> KidAlphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:=+/~");

    private readonly ConcurrentDictionary<Uri, Held> _held = new();

    /// <param name="address">Where the issuer publishes its keys.</param>
    /// <param name="kid">Name of the key; null when the token names none.</param>
    public async ValueTask<VerificationKey?> FindAsync(Uri address, string? kid, CancellationToken ct)
    {
        if (kid is not null && !IsName(kid))
        {
            return null;
        }

        var held = _held.GetOrAdd(address, _ => new Held(clock.TimestampFrequency));
        var found = held.Usable(clock)?.Find(kid);
        if (!held.MustAsk(found is null, clock))
        {
            return found;
        }

        if (found is not null)
        {
            if (held.Gate.Wait(0, CancellationToken.None))
            {
                held.Renewal = Task.Run(() => RenewAsync(address, held), CancellationToken.None);
            }

            return found;
        }

        await held.Gate.WaitAsync(ct);
        try
        {
            if (held.MustAsk(held.Usable(clock)?.Find(kid) is null, clock))
            {
                await FetchAsync(address, held, ct);
            }
        }
        finally
        {
            held.Gate.Release();
        }

        return held.Usable(clock)?.Find(kid);
    }

    /// <summary>Ends when the renewal that runs behind its users, if any, has ended.</summary>
    public Task RenewedAsync(Uri address) => _held.TryGetValue(address, out var held) ? held.Renewal : Task.CompletedTask;

    /// <summary>Holds the gate from before, and lets it go.</summary>
    private async Task RenewAsync(Uri address, Held held)
    {
        try
        {
            if (held.MustAsk(missing: false, clock))
            {
                await FetchAsync(address, held, CancellationToken.None);
            }
        }
        finally
        {
            held.Gate.Release();
        }
    }

    /// <summary>What no issuer would call a key is not worth a query.</summary>
    private static bool IsName(string kid) => kid.Length > 0 && !kid.AsSpan().ContainsAnyExcept(KidAlphabet) && !kid.Contains("..", StringComparison.Ordinal);

    private async Task FetchAsync(Uri address, Held held, CancellationToken ct)
    {
        try
        {
            var keys = await SmallJson.GetAsync(http, address, ct) is { } json ? KeySet.Parse(json) : null;
            held.Answered(keys, clock.GetTimestamp());
            if (keys is null)
            {
                AccountsLog.KeysUnreadable(log, address.Host);
            }
        }
        catch (OutboundException e)
        {
            held.Silent(clock.GetTimestamp(), answered: e.Failure is OutboundFailure.TooLarge or OutboundFailure.InvalidResponse or OutboundFailure.Redirected);
            AccountsLog.KeysUnreachable(log, address.Host, e.Failure);
        }
    }

    /// <summary>The set of one address. Written under <see cref="Gate"/>, read by anybody.</summary>
    private sealed class Held(long frequency)
    {
        private volatile Known? _known;
        private long _next = long.MinValue;

        public SemaphoreSlim Gate { get; } = new(1);

        /// <summary>The last that was begun behind its users.</summary>
        public Task Renewal { get; set; } = Task.CompletedTask;

        public KeySet? Usable(TimeProvider clock) => _known is { } known && clock.GetElapsedTime(known.At) < Stale ? known.Keys : null;

        /// <param name="missing">Whether the key looked for is not among those known.</param>
        public bool MustAsk(bool missing, TimeProvider clock)
        {
            var due = Volatile.Read(ref _next);
            var rested = due == long.MinValue || clock.GetTimestamp() >= due;
            return rested && (missing || _known is not { } known || clock.GetElapsedTime(known.At) >= Fresh);
        }

        public void Answered(KeySet? keys, long now)
        {
            _known = keys is null ? _known : new Known(keys, now);
            Rest(now, Pause);
        }

        public void Silent(long now, bool answered) => Rest(now, answered ? Pause : Retry);

        private void Rest(long now, TimeSpan pause) => Volatile.Write(ref _next, now + (long)(pause.TotalSeconds * frequency));

        private sealed record Known(KeySet Keys, long At);
    }
}
