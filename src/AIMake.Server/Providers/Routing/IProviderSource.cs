namespace AIMake.Providers.Routing;

/// <summary>
/// Brings providers to the router: those of the settings, those described by files, the keys an operator added. What they
/// bring may change while the server runs. Of two providers with one name the earlier source's wins.
/// </summary>
internal interface IProviderSource
{
    /// <summary>What it brings now; another object whenever anything has changed. Cheap: looked at before every call.</summary>
    IReadOnlyList<ProviderSetup> Current { get; }
}

/// <summary>Brings keys beside those a provider's own source knows.</summary>
internal interface IKeySource
{
    /// <summary>Keys by provider name; another object whenever anything has changed. Cheap: looked at before every call.</summary>
    IReadOnlyDictionary<string, IReadOnlyList<KeySetup>> Current { get; }
}

/// <summary>One provider as it is set up.</summary>
/// <param name="Name">1 to 32 lower-case letters, digits and dashes.</param>
internal sealed record ProviderSetup(string Name, IVendor Vendor, Uri BaseUrl)
{
    /// <summary>Its keys; none for a server that wants none.</summary>
    public IReadOnlyList<KeySetup> Keys { get; init; } = [];

    /// <summary>False for a server that may be called without any key.</summary>
    public bool NeedsKey { get; init; } = true;

    /// <summary>What the vendor wants to know besides, by the vendor's names.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Calls side by side with each key.</summary>
    public int MaxConcurrency { get; init; } = 64;

    public ResilienceOptions Resilience { get; init; } = new();

    /// <summary>An administrator has switched it off: it is given no new calls; tasks it has begun are still asked about.</summary>
    public bool Off { get; init; }
}

/// <summary>One key of a pool.</summary>
/// <param name="Id">Stays the same over restarts and changes of anything but the key itself: long tasks remember it.</param>
internal sealed record KeySetup(Guid Id, string Secret)
{
    /// <summary>For people.</summary>
    public string Name { get; init; } = "";

    /// <summary>The half of a pair that is not secret; empty for a single key.</summary>
    public string SecretId { get; init; } = "";

    /// <summary>Share of the calls among the pool's keys, 1 to 1,000.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Not used for new calls; tasks it started are still asked about with it.</summary>
    public bool Disabled { get; init; }

    /// <summary>The only host and port it may be sent to; null for wherever the provider is.</summary>
    public string? Host { get; init; }

    /// <summary>True for a key added while running; false for one from the settings, which only the settings change.</summary>
    public bool Stored { get; init; }

    /// <summary>Never the key.</summary>
    public override string ToString() => $"key {Id}";
}
