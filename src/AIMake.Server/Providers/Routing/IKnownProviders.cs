namespace AIMake.Providers.Routing;

/// <summary>The providers this installation can speak to, with a key of its own or without, for whoever keeps keys for them.</summary>
internal interface IKnownProviders
{
    /// <summary>Their names, in alphabetical order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Null for a provider nobody here knows.</summary>
    KnownProvider? Find(string name);
}

/// <summary>One of them.</summary>
/// <param name="BaseUrl">Where it is called unless a key says otherwise.</param>
/// <param name="Settings">What the vendor wants to know besides.</param>
/// <param name="IsPair">Its keys have two halves, written <c>id:secret</c>.</param>
internal sealed record KnownProvider(string Name, IVendor Vendor, Uri BaseUrl, IReadOnlyDictionary<string, string> Settings, bool IsPair = false);
