using AIMake.Catalog;

namespace AIMake.Providers.Declarative.Reading;

/// <summary>Gathers everything that is wrong with a file, so that one reading tells it all.</summary>
internal sealed class FileFaults(JsonLines lines)
{
    private readonly SortedDictionary<(int Line, string Text), Localized> _found = [];

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<Localized> Found => [.. _found.Values];

    /// <param name="path">As in <c>video.poll.states</c>; empty for the file itself.</param>
    /// <param name="zh">The same in Chinese.</param>
    public void Add(string path, string problem, string zh)
    {
        var line = lines.Of(path);
        var said = Place(line, path, problem, zh);
        _found[(line, said.En)] = said;
    }

    public void Add(string path, Localized problem) => Add(path, problem.En, problem.Zh);

    /// <summary>A problem with the line and field it is at.</summary>
    public static Localized Place(int line, string path, string problem, string zh) => new(
        $"line {line}, {(path.Length == 0 ? "the file" : path)}: {problem}",
        $"第 {line} 行，{(path.Length == 0 ? "整个文件" : path)}：{zh}");
}
