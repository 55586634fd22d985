namespace AIMake.Providers.Declarative;

/// <summary>Where providers described by files are found.</summary>
internal sealed class DeclarativeOptions
{
    public const string Section = "Declarative";

    /// <summary>Folder of <c>*.json</c> files, one for each provider; read again while the server runs. Default <c>providers</c> in the data folder.</summary>
    public string? Folder { get; set; }
}
