using AIMake.Platform.Storage;

namespace AIMake.Operations.Health;

/// <summary>Files can be kept: there is room on the disk, or the bucket answers.</summary>
internal sealed class StorageCheck(IFileStore store) : IReadinessCheck
{
    public string Name => "storage";

    public Task<bool> CheckAsync(CancellationToken ct) => store.IsWritableAsync(ct);
}
