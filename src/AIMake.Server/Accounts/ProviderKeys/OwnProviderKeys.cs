using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using AIMake.Accounts.Storage;
using AIMake.Platform.Database;
using AIMake.Providers;
using AIMake.Providers.Routing;

namespace AIMake.Accounts.ProviderKeys;

/// <summary>
/// Users' keys as the router takes them: opened for a few seconds, counted in batches. A key that a provider refuses is set
/// aside until its owner tests or replaces it, unless a later call with it was answered.
/// </summary>
internal sealed class OwnProviderKeys(Database database, ProviderKeyBoxes boxes, TimeProvider clock, ILogger<OwnProviderKeys> log) : BackgroundService, IOwnKeys
{
    /// <summary>How long an opened key is kept, and so how long a deleted one may still be used on another node.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(4);

    /// <summary>How often uses are written down and opened keys let go.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(Guid UserId, string Provider), Opened> _opened = new();
    private readonly ConditionalWeakTable<ProviderEndpoint, KeyId> _ids = [];
    private readonly Lock _counting = new();
    private Dictionary<(Guid KeyId, DateOnly Day), ProviderKeyUse> _uses = [];

    public async ValueTask<ProviderEndpoint?> FindAsync(Guid userId, string provider, CancellationToken ct) => (await OpenAsync(userId, provider, ct)).Endpoint;

    public async ValueTask<bool> IsRefusedAsync(Guid userId, string provider, CancellationToken ct) => (await OpenAsync(userId, provider, ct)).Refused;

    private async ValueTask<Opened> OpenAsync(Guid userId, string provider, CancellationToken ct)
    {
        if (_opened.TryGetValue((userId, provider), out var known) && clock.GetElapsedTime(known.At) < MaxAge)
        {
            return known;
        }

        var at = clock.GetTimestamp();
        var row = await database.ReadAsync(DbPurpose.Hot, s => ProviderKeyStore.UsualAsync(s, userId, provider, ct), ct);
        var refused = row is { Status: "refused" };
        var endpoint = row is null || refused ? null : boxes.Open(row);
        if (row is not null && !refused && endpoint is null)
        {
            AccountsLog.ProviderKeyShut(log, row.Id, userId);
        }

        if (endpoint is not null)
        {
            _ids.Add(endpoint, new KeyId(row!.Id));
        }

        return _opened[(userId, provider)] = new Opened(endpoint, refused, at);
    }

    public void Used(Guid userId, ProviderEndpoint endpoint, ProviderFault? fault)
    {
        if (!_ids.TryGetValue(endpoint, out var key))
        {
            return;
        }

        var now = clock.GetUtcNow();
        var use = new ProviderKeyUse(key.Value, now, 1, fault is null ? now : null, fault?.Kind is ProviderFaultKind.Unauthorized ? now : null);
        lock (_counting)
        {
            Add((key.Value, DateOnly.FromDateTime(now.UtcDateTime)), use);
        }
    }

    /// <summary>A user's keys changed on this node: ask again at their next use.</summary>
    public void Forget(Guid userId)
    {
        foreach (var key in _opened.Keys.Where(k => k.UserId == userId))
        {
            _opened.TryRemove(key, out _);
        }
    }

    internal async Task FlushAsync(CancellationToken ct)
    {
        foreach (var (key, opened) in _opened.Where(o => clock.GetElapsedTime(o.Value.At) >= MaxAge))
        {
            _opened.TryRemove(new(key, opened));
        }

        Dictionary<(Guid, DateOnly), ProviderKeyUse> uses;
        lock (_counting)
        {
            (uses, _uses) = (_uses, []);
        }

        if (uses.Count == 0)
        {
            return;
        }

        try
        {
            await database.TransactAsync(DbPurpose.Jobs, s => ProviderKeyStore.CountAsync(s, [.. uses.Values], ct), ct);
        }
        catch
        {
            lock (_counting)
            {
                foreach (var (slot, use) in uses)
                {
                    Add(slot, use);
                }
            }

            throw;
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryFlushAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Round, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TryFlushAsync(stoppingToken);
        }
    }

    /// <summary>For whoever holds the lock.</summary>
    private void Add((Guid KeyId, DateOnly Day) slot, ProviderKeyUse use) => _uses[slot] = _uses.TryGetValue(slot, out var known) ? known.And(use) : use;

    private async Task TryFlushAsync(CancellationToken ct)
    {
        try
        {
            await FlushAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            AccountsLog.KeyUsesLost(log, e); // they are counted with the next round
        }
    }

    /// <param name="Refused">There is no key but one that its provider refused.</param>
    private sealed record Opened(ProviderEndpoint? Endpoint, bool Refused, long At)
    {
        public override string ToString() => "Opened"; // not what it holds
    }

    private sealed record KeyId(Guid Value);
}
