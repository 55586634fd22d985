namespace AIMake.Providers.Declarative.Reading;

/// <summary>Gathers everything that is wrong with a file, so that one reading tells it all.</summary>
internal sealed class FileFaults(JsonLines lines)
{
    private readonly SortedSet<(int Line, string Text)> _found = [];

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<string> Found => [.. _found.Select(fault => fault.Text)];

    /// <param name="path">As in <c>video.poll.states</c>; empty for the file itself.</param>
    public void Add(string path, string problem)
    {
        var line = lines.Of(path);
        _found.Add((line, $"line {line}, {(path.Length == 0 ? "the file" : path)}: {problem}"));
    }
}
