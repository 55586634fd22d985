using AIMake.Catalog;
using AIMake.Platform.Outbound;
using AIMake.Platform.Settings;
using AIMake.Providers.Declarative.Reading;

namespace AIMake.Providers.Declarative;

/// <summary>
/// The folder of files that describe providers. <see cref="Look"/> compares what lies there with what is known, by name, time
/// and length; a file is read when it has lain still from one look to the next, so that half of one is never taken for the
/// whole. A broken one changes nothing about its provider and is told about once.
/// </summary>
internal sealed class DeclarativeFolder : IDeclarativeProviders
{
    private const int MostFiles = 200;
    private const int LargestFile = 1 << 20;

    /// <summary>Names of providers that come with the program or the settings.</summary>
    private static readonly string[] BuiltIn = ["espeak", "openai", "elevenlabs", "tencent", "runway", "synthesia", "kie", "llm", "azure", "own"];

    private readonly string _folder;
    private readonly Func<string>? _prepare;
    private readonly DescriptionReader _reader;
    private readonly HashSet<string> _taken;
    private readonly TimeProvider _time;
    private readonly ILogger<DeclarativeFolder> _log;
    private readonly Lock _looking = new();
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, string Variable), string> _hosts = [];
    private Dictionary<string, Stamp> _seen = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<DeclaredProvider> _current = [];
    private volatile IReadOnlyList<DeclaredFile> _files = [];
    private bool _unreadable;

    /// <param name="taken">Names the settings use for providers of their own.</param>
    public DeclarativeFolder(DeclarativeOptions options, DataFolder data, OutboundUrls urls, IEnumerable<string> taken, TimeProvider time, ILogger<DeclarativeFolder> log)
    {
        _prepare = string.IsNullOrWhiteSpace(options.Folder) ? () => data.Private("providers") : null;
        _folder = string.IsNullOrWhiteSpace(options.Folder) ? System.IO.Path.Combine(data.Path, "providers") : System.IO.Path.GetFullPath(options.Folder);
        _reader = new DescriptionReader(url => urls.Check(url).Ok);
        _taken = new HashSet<string>(BuiltIn.Concat(taken), StringComparer.OrdinalIgnoreCase);
        _time = time;
        _log = log;
        Look(settled: true);
    }

    public IReadOnlyList<DeclaredProvider> Current => _current;

    public IReadOnlyList<DeclaredFile> Files => _files;

    /// <summary>Where the files are expected; need not exist.</summary>
    public string Path => _folder;

    /// <summary>
    /// Makes the usual folder, so that there is one to drop files into. Only its owner may enter: a file decides where keys are sent.
    /// One the operator names is the operator's to make.
    /// </summary>
    public void Prepare()
    {
        try
        {
            _prepare?.Invoke();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.Unreadable(_folder, e.GetType().Name);
        }
    }

    /// <param name="settled">True to read files that were not there at the last look as well.</param>
    public void Look(bool settled = false)
    {
        lock (_looking)
        {
            if (Stamps() is not { } stamps) return;
            var changed = false;
            foreach (var (name, stamp) in stamps)
            {
                if (_known.TryGetValue(name, out var known) && known.Stamp == stamp) continue;
                if (!settled && (!_seen.TryGetValue(name, out var before) || before != stamp)) continue; // perhaps still being written
                _known[name] = Read(name, stamp, known?.Provider);
                changed = true;
            }
            foreach (var gone in _known.Keys.Except(stamps.Keys).ToList())
            {
                _known.Remove(gone);
                _log.Gone(gone);
                changed = true;
            }
            _seen = stamps;
            if (changed) Publish();
        }
    }

    private void Publish()
    {
        var known = _known.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value).ToList();
        _files = [.. known.Select(file => file.File)];
        _current = [.. known.Select(file => file.Provider).OfType<DeclaredProvider>()];
    }

    private Known Read(string name, Stamp stamp, DeclaredProvider? previous)
    {
        var (description, problems) = Parse(name, stamp);
        if (description is not null)
        {
            _log.Described(name, description.Models.Count, description.Voices.Count, description.BaseUrl.Host);
            var (provider, note) = Provider(description);
            return new Known(stamp, provider, new DeclaredFile(name, DeclaredFileState.Active, note is null ? [] : [note], _time.GetUtcNow()));
        }
        _log.Broken(name, previous is null ? "it is not offered" : "what it said before stays", string.Join("; ", problems.Select(problem => problem.En)));
        var state = previous is null ? DeclaredFileState.Refused : DeclaredFileState.Outdated;
        return new Known(stamp, previous, new DeclaredFile(name, state, problems, _time.GetUtcNow()));
    }

    private (ProviderDescription?, IReadOnlyList<Localized>) Parse(string name, Stamp stamp)
    {
        if (!IsName(name)) return (null, [new("the file's name is the provider's: 1 to 32 lower-case letters, digits and dashes, then .json", "文件名就是服务商名：1 到 32 个小写字母、数字或短横线，再加 .json")]);
        if (_taken.Contains(name)) return (null, [new($"a provider called {name} comes with the program or its settings; give the file another name", $"程序或其设置中已有名为 {name} 的服务商，请换一个文件名")]);
        if (stamp.Length > LargestFile) return (null, [new($"the file has {stamp.Length} bytes, and may have {LargestFile}", $"文件有 {stamp.Length} 字节，最多允许 {LargestFile} 字节")]);
        try
        {
            return _reader.Read(name, File.ReadAllBytes(System.IO.Path.Combine(_folder, $"{name}.json")));
        }
        catch (Exception e)
        {
            // Whatever it is, it is this file's trouble and nobody else's: the others stay, and so does the watch.
            return (null, [new($"the file cannot be read: {e.GetType().Name}", $"无法读取文件：{e.GetType().Name}")]);
        }
    }

    /// <summary>
    /// The key of the environment was given for the host that stood in the file then. Should the file name another while the server
    /// runs, the key is not sent there: whoever may write files need not be whoever holds the keys. A restart says that it is meant.
    /// </summary>
    private (DeclaredProvider Provider, Localized? Note) Provider(ProviderDescription description)
    {
        var (variable, host, note) = (description.KeyVariable, description.BaseUrl.Authority, (Localized?)null);
        var secret = variable is null ? "" : Environment.GetEnvironmentVariable(variable)?.Trim() ?? "";
        if (secret.Length > 0 && !_hosts.TryAdd((description.Name, variable!), host) && _hosts[(description.Name, variable!)] is var first && first != host)
        {
            note = new(
                $"{variable} was given for {first} and is not sent to {host}; restart the server to do so, or add a key to the pool",
                $"{variable} 是为 {first} 设置的，不会发送到 {host}；如确有需要，请重启服务器，或在密钥池中添加密钥");
            _log.KeyKept(description.Name, first, host);
            secret = "";
        }
        return (new DeclaredProvider(description.Name, new ProviderEndpoint(description.Name, description.BaseUrl, secret), description.Key is not null, description), note);
    }

    /// <summary>Null when the folder is there and cannot be read; then everything stays as it is.</summary>
    private Dictionary<string, Stamp>? Stamps()
    {
        try
        {
            var stamps = !Directory.Exists(_folder) ? [] : new DirectoryInfo(_folder).EnumerateFiles("*.json")
                .OrderBy(file => file.Name, StringComparer.Ordinal).Take(MostFiles)
                .ToDictionary(file => System.IO.Path.GetFileNameWithoutExtension(file.Name), Stamp.Of, StringComparer.Ordinal);
            _unreadable = false;
            return stamps;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_unreadable) _log.Unreadable(_folder, e.GetType().Name);
            _unreadable = true;
            return null;
        }
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 32 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private sealed record Known(Stamp Stamp, DeclaredProvider? Provider, DeclaredFile File);

    private readonly record struct Stamp(DateTime Changed, long Length)
    {
        /// <summary>Of what a link leads to: mounted configuration is changed by turning links.</summary>
        public static Stamp Of(FileInfo file)
        {
            var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return target.Exists ? new Stamp(target.LastWriteTimeUtc, target.Length) : default;
        }
    }
}
