using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using AIMake.Accounts.Storage;
using AIMake.Platform.Database;
using AIMake.Providers;
using AIMake.Providers.Routing;

namespace AIMake.Accounts.ProviderKeys;

/// <summary>
/// Users' keys as the router takes them: opened for a few seconds, counted in batches. A key that a provider refuses is set
/// aside until its owner tests or replaces it.
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

    public async ValueTask<ProviderEndpoint?> FindAsync(Guid userId, string provider, CancellationToken ct)
    {
        if (_opened.TryGetValue((userId, provider), out var known) && clock.GetElapsedTime(known.At) < MaxAge)
        {
            return known.Endpoint;
        }

        var at = clock.GetTimestamp();
        var row = await database.ReadAsync(DbPurpose.Hot, s => ProviderKeyStore.ActiveAsync(s, userId, provider, ct), ct);
        var endpoint = row is null ? null : boxes.Open(row);
        if (row is not null && endpoint is null)
        {
            AccountsLog.ProviderKeyShut(log, row.Id, userId);
        }

        if (endpoint is not null)
        {
            _ids.Add(endpoint, new KeyId(row!.Id));
        }

        _opened[(userId, provider)] = new Opened(endpoint, at);
        return endpoint;
    }

    public void Used(Guid userId, ProviderEndpoint endpoint, ProviderFault? fault)
    {
        if (!_ids.TryGetValue(endpoint, out var key))
        {
            return;
        }

        var now = clock.GetUtcNow();
        var refused = fault?.Kind is ProviderFaultKind.Unauthorized;
        lock (_counting)
        {
            var slot = (key.Value, DateOnly.FromDateTime(now.UtcDateTime));
            _uses[slot] = _uses.TryGetValue(slot, out var use)
                ? use with { At = now, Calls = use.Calls + 1, Refused = use.Refused || refused }
                : new ProviderKeyUse(key.Value, now, 1, refused);
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
                    _uses[slot] = _uses.TryGetValue(slot, out var newer) ? newer with { Calls = newer.Calls + use.Calls, Refused = newer.Refused || use.Refused } : use;
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

    private sealed record Opened(ProviderEndpoint? Endpoint, long At)
    {
        public override string ToString() => "Opened"; // not what it holds
    }

    private sealed record KeyId(Guid Value);
}
