using System.Text;
using AIMake.Tests.Architecture;

namespace AIMake.Tests.Providers.Declarative;

/// <summary>The files that ship as examples, and the one in the guide.</summary>
internal static class DeclaredFiles
{
    private static readonly string Docs = Path.Combine(SourceFiles.Root, "docs");

    public static IReadOnlyList<string> Examples { get; } =
        [.. Directory.GetFiles(Path.Combine(Docs, "examples", "providers"), "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    public static byte[] Example(string name) => File.ReadAllBytes(Path.Combine(Docs, "examples", "providers", $"{name}.json"));

    /// <summary>The first block of JSON in the guide.</summary>
    public static byte[] Guide()
    {
        var text = File.ReadAllText(Path.Combine(Docs, "declarative-providers.md"));
        const string fence = "```jsonc\n";
        var start = text.IndexOf(fence, StringComparison.Ordinal) + fence.Length;
        return Encoding.UTF8.GetBytes(text[start..text.IndexOf("```", start, StringComparison.Ordinal)]);
    }

    /// <summary>A file of the shipped ones, calling the simulator instead.</summary>
    public static string At(string host, string name)
    {
        var text = Encoding.UTF8.GetString(name == "lumen" ? Guide() : Example(name));
        var start = text.IndexOf("https://", text.IndexOf("\"baseUrl\"", StringComparison.Ordinal), StringComparison.Ordinal);
        return string.Concat(text.AsSpan(0, start), $"http://{host}/{name}/v1", text.AsSpan(text.IndexOf('"', start)));
    }
}
