using AIMake.Providers.Pools;

namespace AIMake.Operations.Health;

/// <summary>Every provider that has keys has one that works. Without, much still does: a reason to look, none to send requests elsewhere.</summary>
internal sealed class ProvidersCheck(PoolService pools) : IReadinessCheck
{
    public string Name => "providers";

    public bool IsVital => false;

    public Task<bool> CheckAsync(CancellationToken ct) => Task.FromResult(pools.AllWork());
}
