using AIMake.Platform.Http;

namespace AIMake.Operations.Health;

/// <summary>One part that must work before requests are welcome. Modules register theirs; the name appears in the report.</summary>
internal interface IReadinessCheck
{
    string Name { get; }

    /// <summary>False for a part without which requests are still served, only less well.</summary>
    bool IsVital => true;

    /// <summary>True when it works. Throwing counts as false; after two seconds it counts as false too.</summary>
    Task<bool> CheckAsync(CancellationToken ct);
}

/// <summary>Asks every part, all at once, at most once a second however often it is asked itself.</summary>
internal sealed class Readiness(IEnumerable<IReadinessCheck> checks, Drain drain, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);
    private readonly IReadinessCheck[] _checks = [.. checks];
    private readonly Lock _asking = new();
    private Task<ReadinessReport>? _last;
    private long _askedAt;

    public async Task<ReadinessReport> ReportAsync(CancellationToken ct)
    {
        if (drain.IsDraining)
        {
            return new("draining", new Dictionary<string, bool>());
        }

        Task<ReadinessReport> asked;
        lock (_asking)
        {
            if (_last is null || (_last.IsCompleted && time.GetElapsedTime(_askedAt) > Freshness))
            {
                _askedAt = time.GetTimestamp();
                _last = AskAllAsync();
            }

            asked = _last;
        }

        return await asked.WaitAsync(ct);
    }

    private async Task<ReadinessReport> AskAllAsync()
    {
        var answers = await Task.WhenAll(_checks.Select(AskAsync));
        var serves = _checks.Zip(answers).All(pair => pair.Second || !pair.First.IsVital);
        var report = _checks.Zip(answers).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal);
        return new(answers.All(ok => ok) ? "ok" : "degraded", report) { IsServing = serves };
    }

    private async Task<bool> AskAsync(IReadinessCheck check)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            return await check.CheckAsync(patience.Token).WaitAsync(patience.Token);
        }
        catch (Exception)
        {
            return false; // whatever the reason, this part does not work now
        }
    }
}
