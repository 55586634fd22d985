using System.Text.Json;
using AIMake.Platform.Http;

namespace AIMake.Catalog;

/// <summary>The file could not be used; each line of <see cref="Problems"/> names a place in it.</summary>
internal sealed class CatalogException(string path, IReadOnlyList<string> problems)
    : Exception($"The catalog {path} cannot be used: {string.Join("; ", problems)}")
{
    public IReadOnlyList<string> Problems { get; } = problems;
}

/// <summary>Reads the readable file: JSON with comments and trailing commas, otherwise strict.</summary>
internal static class CatalogReader
{
    private const string Shipped = "AIMake.Catalog.catalog.json";

    /// <summary>How the file's members are read; also for others that hold models or voices in this shape.</summary>
    public static readonly JsonSerializerOptions Options = Create();

    /// <summary>The one that ships inside the program.</summary>
    public static CatalogFile ReadShipped()
    {
        using var stream = typeof(CatalogReader).Assembly.GetManifestResourceStream(Shipped)!;
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd(), "(shipped)");
    }

    /// <exception cref="CatalogException">Missing, unreadable, malformed or breaking a rule.</exception>
    public static CatalogFile Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CatalogException(path, [e.Message]);
        }
    }

    public static CatalogFile Parse(string json, string path)
    {
        CatalogFile file;
        try
        {
            file = JsonSerializer.Deserialize<CatalogFile>(json, Options) ?? throw new CatalogException(path, ["line 1: the file holds null"]);
        }
        catch (JsonException e)
        {
            throw new CatalogException(path, [$"line {(e.LineNumber ?? 0) + 1}, {e.Path ?? "$"}: {FirstSentence(e.Message)}"]);
        }

        var faults = CatalogValidator.Check(file);
        return faults.Count == 0 ? file : throw new CatalogException(path, faults);
    }

    /// <summary>What a reader's message says, less the path it repeats.</summary>
    public static string FirstSentence(string message)
    {
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        JsonFaults.Configure(options);
        return options;
    }
}
