using AIMake.Catalog;

namespace AIMake.Providers.Declarative;

/// <summary>
/// The providers that files in the operator's folder describe. They come, change and go while the server runs: read
/// <see cref="Current"/> whenever it matters, it costs one field. Their vendor is <see cref="DeclarativeVendor"/>.
/// </summary>
internal interface IDeclarativeProviders
{
    /// <summary>Those in force now; another object whenever anything about them has changed.</summary>
    IReadOnlyList<DeclaredProvider> Current { get; }

    /// <summary>Every file of the folder and how it was taken, by name.</summary>
    IReadOnlyList<DeclaredFile> Files { get; }

    /// <summary>Its provider, or null when no file of that name is in force.</summary>
    DeclaredProvider? Find(string name) => Current.FirstOrDefault(provider => provider.Name == name);
}

/// <summary>One provider as its file describes it.</summary>
/// <param name="Name">The file's name without <c>.json</c>.</param>
/// <param name="Endpoint">Where to call it, with the key from the environment; the secret is empty when there is none.</param>
/// <param name="NeedsKey">False for one that asks for no key at all. One that needs a key is offered only with one, from the environment or the pool.</param>
/// <param name="Description">What the file says.</param>
internal sealed record DeclaredProvider(string Name, ProviderEndpoint Endpoint, bool NeedsKey, ProviderDescription Description)
{
    /// <summary>Whether the environment gives what is needed to call it.</summary>
    public bool Ready => !NeedsKey || Endpoint.Secret.Length > 0;
}

/// <summary>A file of the folder.</summary>
/// <param name="State">How it was taken.</param>
/// <param name="Problems">What is wrong with it, each with line and field; empty when nothing is.</param>
/// <param name="Since">When it was read.</param>
internal sealed record DeclaredFile(string Name, DeclaredFileState State, IReadOnlyList<Localized> Problems, DateTimeOffset Since);

/// <summary>How a file was taken.</summary>
public enum DeclaredFileState
{
    /// <summary>In force as it stands.</summary>
    Active,

    /// <summary>In order, and its provider has no key yet, so nothing of it is offered.</summary>
    NeedsKey,

    /// <summary>Broken; what it said before is still in force.</summary>
    Outdated,

    /// <summary>Broken, and never was anything else.</summary>
    Refused,
}
