namespace AIMake.Tests.Architecture;

/// <summary>The sources these tests were built from.</summary>
internal static class SourceFiles
{
    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<string> Server { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Root, "src", "AIMake.Server"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))];

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "AIMake.slnx")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new DirectoryNotFoundException("AIMake.slnx");
    }
}
