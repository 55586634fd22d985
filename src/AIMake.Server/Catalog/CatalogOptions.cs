namespace AIMake.Catalog;

/// <summary>Where the catalog is kept.</summary>
internal sealed class CatalogOptions
{
    public const string Section = "Catalog";

    /// <summary>
    /// A file in the shape of the shipped <c>catalog.json</c>, read instead of it and again whenever it changes. Empty (the
    /// default): the shipped one. The environment's flat name is <c>CATALOG_PATH</c>.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>
    /// Products at Creem by our own id of a package or plan, where the file names none: <c>Catalog__CreemProducts__small=prod_1</c> sells
    /// the shipped <c>small</c>.
    /// </summary>
    public Dictionary<string, string> CreemProducts { get; set; } = [];
}
