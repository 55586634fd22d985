namespace AIMake.Providers;

/// <summary>
/// Where a provider is called and as whom: one base address with one key. What an adapter is built for; cheap to make anew, for
/// example with a user's own key.
/// </summary>
/// <param name="Provider">The provider's name in this installation, e.g. <c>openai</c>; lower-case letters, digits, dashes.</param>
/// <param name="BaseUrl">Up to the point where the vendor's paths begin, without a trailing slash.</param>
/// <param name="Secret">The key; empty where none is wanted.</param>
internal sealed record ProviderEndpoint(string Provider, Uri BaseUrl, string Secret)
{
    /// <summary>The key in the pool, for affinity and blame; null for a user's own key and for local engines.</summary>
    public Guid? KeyId { get; init; }

    /// <summary>The half of a pair that is not secret, for vendors that sign (Tencent's SecretId); empty otherwise.</summary>
    public string SecretId { get; init; } = "";

    /// <summary>What else the vendor needs, from configuration: organization, region, API version. Names are the vendor's options.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Never the key.</summary>
    public override string ToString() => $"{Provider} at {BaseUrl.Host}";
}
