namespace AIMake.Platform.Storage;

/// <summary>What is known of stored bytes: enough to see that they are whole.</summary>
/// <param name="Key">Path inside the store, made from our ids only, never from a user's or provider's name.</param>
/// <param name="Sha256">Lower-case hex.</param>
internal sealed record StoredFile(string Key, long Bytes, string Sha256);

/// <summary>
/// Keeps bytes: local disk or any S3-compatible bucket. A key is written once and never changed. <see cref="PutAsync"/>
/// returns after the bytes are durable (fsync and rename, or acknowledged PUT with matching checksum); only then may a row
/// name them.
/// </summary>
internal interface IFileStore
{
    /// <summary>Stores the content of a local file (spooled by the caller; the store may move it).</summary>
    Task<StoredFile> PutAsync(string key, string path, string contentType, CancellationToken ct);

    /// <summary>Opens for reading from <paramref name="offset"/>; null when there is no such file.</summary>
    /// <param name="length">How many bytes, or null for all that follow.</param>
    Task<Stream?> OpenAsync(string key, long offset, long? length, CancellationToken ct);

    /// <summary>Removes it; nothing happens when it is gone already.</summary>
    Task DeleteAsync(string key, CancellationToken ct);

    /// <summary>Whether there is room for new files, as far as can be told without asking anybody.</summary>
    bool HasRoom => true;

    /// <summary>Whether new files can be kept now; for health checks.</summary>
    Task<bool> IsWritableAsync(CancellationToken ct) => Task.FromResult(true);

    /// <summary>A fresh path for spooling, on the same file system as the store where that helps.</summary>
    string NewTempPath();
}
