namespace AIMake.Catalog;

/// <summary>Brings models and voices that the catalog's file does not list and that change while the server runs.</summary>
internal interface ICatalogSource
{
    /// <summary>What it brings now; another object whenever that has changed. Cheap: asked at every use of the catalog.</summary>
    CatalogAddition Current { get; }
}

/// <summary>Models and voices beside those of the file. Of two models with one id the file's stays.</summary>
/// <param name="File">In the shape of the catalog's own file, and checked like it.</param>
/// <param name="Providers">Names of providers that are set up by being described here.</param>
internal sealed record CatalogAddition(CatalogFile File, IReadOnlySet<string> Providers);
