namespace AIMake.Platform.Secrets;

/// <summary>
/// Keeps other people's secrets, such as provider keys, so that a copy of the database opens none of them, and a row moved to
/// another place neither. Thread-safe.
/// </summary>
internal interface ISecretBox
{
    /// <param name="aad">What the secret belongs to, see <see cref="SecretBinding"/>; needed again to open it, and not kept in the box.</param>
    /// <param name="secret">At most 64 KiB of UTF-8.</param>
    byte[] Seal(string aad, string secret);

    /// <exception cref="SecretBoxException">Sealed for something else, damaged, or sealed with a key that is not in the ring.</exception>
    string Open(string aad, byte[] box);
}

/// <summary>A box that does not open. Says why, never what is in it.</summary>
internal sealed class SecretBoxException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What a sealed secret is bound to.</summary>
internal static class SecretBinding
{
    /// <summary>A provider key: of this owner, in this row, for this provider, to be sent to this host only.</summary>
    /// <param name="owner">The user; null for a key of the installation itself.</param>
    /// <param name="host">Host and port the key is sent to, as <see cref="Uri.Authority"/> spells it.</param>
    public static string ProviderKey(Guid? owner, Guid row, string provider, string host) =>
        $"v1|provider_key|local|{owner?.ToString("N") ?? "-"}|{row:N}|{provider}|{host.ToLowerInvariant()}";
}
