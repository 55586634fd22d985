using AIMake.Platform.Outbound;
using AIMake.Platform.Settings;

namespace AIMake.Providers.Setup;

/// <summary>Reads <c>Providers:*</c> and reports everything that is wrong with it.</summary>
internal static class ProviderSettings
{
    private const string Section = "Providers";

    private static readonly string[] Common = [.. typeof(ProviderOptions).GetProperties().Select(property => property.Name)];

    public static IReadOnlyList<ConfiguredProvider> ReadProviders(this IHostApplicationBuilder builder) =>
        [.. builder.Configuration.GetSection(Section).GetChildren().Select(section => Read(builder, section)).OfType<ConfiguredProvider>()];

    private static ConfiguredProvider? Read(IHostApplicationBuilder builder, IConfigurationSection section)
    {
        var registry = builder.SettingsRegistry();
        var name = section.Key.ToLowerInvariant();
        if (!IsName(name))
        {
            registry.Report(section.Path, "is not a name for a provider. Use 1 to 32 letters, digits and dashes.");
            return null;
        }
        if (KindOf(registry, section, name) is not { } kind) return null;
        var options = registry.Bind<ProviderOptions>(section.Path, Only(section, Common));
        if (options.BaseUrl is "") options.BaseUrl = null;
        Check(builder, section, name, kind, options);
        return new ConfiguredProvider(name, kind, options, ReadOwn(registry, section, kind));
    }

    private static VendorKind? KindOf(SettingsRegistry registry, IConfigurationSection section, string name)
    {
        var type = section["Type"]?.ToLowerInvariant() ?? VendorKind.TypeOfName.GetValueOrDefault(name);
        if (type is not null && VendorKind.All.TryGetValue(type, out var kind)) return kind;
        registry.Report($"{section.Path}:Type", $"{(type is null ? "is missing" : "is not known")}. Write one of {string.Join(", ", VendorKind.All.Keys)}.");
        return null;
    }

    private static void Check(IHostApplicationBuilder builder, IConfigurationSection section, string name, VendorKind kind, ProviderOptions options)
    {
        var registry = builder.SettingsRegistry();
        if (options.BaseUrl is { } url && Uri.IsWellFormedUriString(url, UriKind.Absolute) && !builder.MayCall(url))
            registry.Report($"{section.Path}:BaseUrl", "may not be called from here. Use a public https address, or name its host and port in AIMAKE_ALLOWED_HOSTS.");
        if (options.BaseUrl is null && !VendorKind.TypeOfName.ContainsKey(name))
            registry.Report($"{section.Path}:BaseUrl", "is missing. Write the address of the server.");
        var pairs = options.Pairs().ToList();
        if (kind.IsPair && pairs.Any(pair => pair.SecretId.Length == 0))
            registry.Report($"{section.Path}:SecretId", "is missing. A key of this vendor has two halves; give both.");
        if (kind.IsPair && pairs.Count == 0 && options.SecretId is { Length: > 0 })
            registry.Report($"{section.Path}:SecretKey", "is missing. A key of this vendor has two halves; give both.");
    }

    /// <summary>The vendor's own settings. A list may be written flat or as an array.</summary>
    private static Dictionary<string, string> ReadOwn(SettingsRegistry registry, IConfigurationSection section, VendorKind kind)
    {
        var own = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (Common.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) continue;
            var value = child.Value ?? string.Join(',', child.GetChildren().Select(entry => entry.Value));
            if (kind.Rules.FirstOrDefault(rule => rule.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is not { } rule)
                registry.Report(child.Path, $"is not a setting. {section.Path} has {string.Join(", ", Common.Concat(kind.Rules.Select(known => known.Name)))}.");
            else if (value.Length > 0 && rule.Fault(value) is { } fault)
                registry.Report(child.Path, fault);
            else if (value.Length > 0)
                own[rule.Name] = value;
        }
        return own;
    }

    /// <summary>The same configuration without what only the vendor knows, for the strict binder.</summary>
    private static IConfigurationRoot Only(IConfigurationSection section, string[] names) => new ConfigurationBuilder()
        .AddInMemoryCollection(names.SelectMany(name => section.GetSection(name).AsEnumerable()).Where(pair => pair.Value is not null))
        .Build();

    private static bool IsName(string name) => name.Length is > 0 and <= 32 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
