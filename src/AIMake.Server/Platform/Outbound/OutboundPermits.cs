namespace AIMake.Platform.Outbound;

/// <summary>The hosts an operator vouches for; compared exactly, port included when one is given.</summary>
internal sealed class OutboundPermits(IEnumerable<string> entries)
{
    private readonly HashSet<string> _entries = new(entries.Select(entry => entry.Trim()), StringComparer.OrdinalIgnoreCase);

    /// <param name="host">Host name or address, an IPv6 one with or without its brackets.</param>
    public bool Allow(string host, int port)
    {
        if (_entries.Count == 0) return false;
        if (host.Contains(':') && host[0] != '[') host = $"[{host}]";
        return _entries.Contains(host) || _entries.Contains($"{host}:{port}");
    }

    /// <summary>Whether a setting has the form <c>host</c> or <c>host:port</c>.</summary>
    public static bool IsEntry(string entry)
    {
        var trimmed = entry.Trim();
        return trimmed.Length > 0
            && Uri.TryCreate($"https://{trimmed}/", UriKind.Absolute, out var url)
            && url is { AbsolutePath: "/", UserInfo: "", Query: "", Fragment: "" }
            && trimmed.AsSpan().IndexOfAny("/\\@?# ") < 0;
    }
}
