using AIMake.Accounts.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Secrets;
using AIMake.Providers;
using AIMake.Providers.Routing;

namespace AIMake.Accounts.ProviderKeys;

/// <summary>
/// Seals and opens users' provider keys. A key opens for the host it was entered for and no other: should the provider's
/// address change, by whose hand ever, the key is needed again.
/// </summary>
internal sealed class ProviderKeyBoxes(ISecretBox box, IKnownProviders providers) : ISealedTable
{
    public string Name => "accounts.provider_keys";

    public byte[] Seal(Guid userId, Guid id, string service, Uri address, string key) => box.Seal(SecretBinding.ProviderKey(userId, id, service, address.Authority), key);

    /// <summary>Null when the provider is not known here any more, or the key is not for the address it would be sent to.</summary>
    public ProviderEndpoint? Open(ProviderKeyRow row)
    {
        if (providers.Find(row.Service) is not { } provider)
        {
            return null;
        }

        var address = AddressOf(row.BaseUrl, provider);
        try
        {
            // Bound to where the key would go now, not to what the row says: were they to differ, it stays shut.
            var key = box.Open(SecretBinding.ProviderKey(row.UserId, row.Id, row.Service, address.Authority), row.Box);
            var half = provider.IsPair ? key.IndexOf(':', StringComparison.Ordinal) : -1;
            return new ProviderEndpoint(row.Service, address, key[(half + 1)..]) { SecretId = half < 0 ? "" : key[..half], Settings = provider.Settings };
        }
        catch (SecretBoxException)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<SealedRow>> ReadAsync(DbSession session, Guid? after, int take, CancellationToken ct) =>
        [.. (await ProviderKeyStore.BoxesAsync(session, after, take, ct)).Select(row => new SealedRow(row.Id, SecretBinding.ProviderKey(row.UserId, row.Id, row.Service, row.Host), row.Box))];

    public Task<bool> ReplaceAsync(DbSession session, Guid id, byte[] old, byte[] renewed, CancellationToken ct) => ProviderKeyStore.ReboxAsync(session, id, old, renewed, ct);

    public static Uri AddressOf(string? baseUrl, KnownProvider provider) => baseUrl is null ? provider.BaseUrl : new Uri(baseUrl);
}
