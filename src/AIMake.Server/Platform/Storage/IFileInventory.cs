namespace AIMake.Platform.Storage;

/// <summary>What a store holds, for housekeeping.</summary>
internal interface IFileInventory
{
    /// <summary>Files whose key begins with <paramref name="prefix"/>, with the time they were written, in any order.</summary>
    IAsyncEnumerable<(string Key, DateTimeOffset WrittenAt)> ListAsync(string prefix, CancellationToken ct);
}

/// <summary>
/// A module that keeps files under a prefix of its own. The collector removes files under that prefix, and only there,
/// that are past the grace and that the owner does not know: bytes come before their row, so a crash between the two leaves
/// such files behind.
/// </summary>
internal interface IFileOwner
{
    /// <summary>First segment of the owner's keys with its slash, e.g. <c>audio/</c>. No two owners share one.</summary>
    string Prefix { get; }

    /// <returns>Those of the keys that a row still names.</returns>
    Task<IReadOnlyCollection<string>> FindNamedAsync(IReadOnlyList<string> keys, CancellationToken ct);
}
