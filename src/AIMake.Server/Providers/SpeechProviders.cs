using System.Collections.Frozen;

namespace AIMake.Providers;

/// <summary>All speech providers of this installation by name.</summary>
internal sealed class SpeechProviders
{
    private readonly FrozenDictionary<string, ISpeechProvider> _byName;

    public SpeechProviders(IEnumerable<ISpeechProvider> providers)
    {
        var all = providers.ToList();
        if (all.GroupBy(provider => provider.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new InvalidOperationException($"Two speech providers are called '{twice.Key}'.");
        _byName = all.ToFrozenDictionary(provider => provider.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<string> Names => _byName.Keys;

    /// <summary>The provider of that name, or null when this installation has none.</summary>
    public ISpeechProvider? Find(string name) => _byName.GetValueOrDefault(name);
}
