namespace AIMake.Catalog;

/// <summary>Tells how the providers of models are doing, as far as this node knows. Implemented by whoever calls them.</summary>
internal interface IProviderHealth
{
    /// <summary>Whether a call to the provider would be tried now; one nobody knows anything about counts as well.</summary>
    bool IsUp(string provider);
}
