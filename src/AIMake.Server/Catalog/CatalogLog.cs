namespace AIMake.Catalog;

/// <summary>Messages of the catalog; ids 5000–5019.</summary>
internal static partial class CatalogLog
{
    [LoggerMessage(5000, LogLevel.Information, "Catalog read from {Path}: {Models} models, {Voices} voices")]
    public static partial void Read(ILogger log, string path, int models, int voices);

    [LoggerMessage(5001, LogLevel.Error, "The edited catalog {Path} is not used, the previous one stays: {Problems}")]
    public static partial void Kept(ILogger log, string path, string problems);

    [LoggerMessage(5002, LogLevel.Warning, "Model {Model} of {Provider} is not offered: the catalog has another of that name")]
    public static partial void Hidden(ILogger log, string model, string provider);

    [LoggerMessage(5003, LogLevel.Information, "The {Subject} {Name} was changed by administrator {UserId}: disabled {Disabled}, other prices {Reprice}")]
    public static partial void Changed(ILogger log, string subject, string name, bool? disabled, bool reprice, Guid userId);

    [LoggerMessage(5004, LogLevel.Warning, "What administrators decided about models could not be read; what was read last stays in force")]
    public static partial void ChangesNotRead(ILogger log, Exception exception);
}
