using System.Text.RegularExpressions;
using AIMake.Catalog;
using AIMake.Tests.Architecture;

namespace AIMake.Tests.Catalog;

/// <summary>The entries the guide tells operators to add.</summary>
public sealed partial class CatalogExamplesTests
{
    [Fact]
    public void The_guides_entries_are_a_catalog()
    {
        var entries = JsonBlock().Matches(File.ReadAllText(Path.Combine(SourceFiles.Root, "docs", "openai-compatible.md"))).Select(match => match.Groups[1].Value).ToList();

        var file = CatalogReader.Parse($$"""{"models": [{{string.Join(',', entries)}}], "voices": []}""", "the guide");

        Assert.Equal(["llama3.2", "nomic-embed-text"], file.Models.Select(model => model.Id));
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
