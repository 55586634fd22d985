using System.Collections.Concurrent;
using AIMake.Accounts.Storage;
using AIMake.Platform.Database;

namespace AIMake.Accounts.ApiKeys;

/// <summary>Remembers when keys were last used and writes it down in batches: a call must not wait for a clock on a page.</summary>
internal sealed class ApiKeyUses(Database database, TimeProvider clock, ILogger<ApiKeyUses> log) : BackgroundService
{
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(10);

    private ConcurrentDictionary<Guid, DateTimeOffset> _uses = new();

    public void Mark(Guid keyId) => _uses[keyId] = clock.GetUtcNow();

    internal async Task FlushAsync(CancellationToken ct)
    {
        if (_uses.IsEmpty)
        {
            return;
        }

        // A use that slips in between is at worst written a round later, by the next call of that key.
        var uses = Interlocked.Exchange(ref _uses, new());
        await database.ReadAsync(
            DbPurpose.Jobs,
            async session =>
            {
                await ApiKeyStore.TouchAsync(session, [.. uses], ct);
                return true;
            },
            ct);
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
            AccountsLog.KeyUsesLost(log, e); // a date that is a little old harms nobody
        }
    }
}
