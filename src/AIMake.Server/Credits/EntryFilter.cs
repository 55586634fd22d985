using AIMake.Platform.Faults;

namespace AIMake.Credits;

/// <summary>Which lines of a statement are wanted.</summary>
/// <param name="Kinds">Kinds as stored.</param>
/// <param name="From">First moment, inclusive.</param>
/// <param name="To">Last moment, exclusive.</param>
internal sealed record EntryFilter(string[] Kinds, DateTimeOffset? From, DateTimeOffset? To)
{
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["grant"] = ["grant"],
        ["spend"] = ["spend"],
        ["expire"] = ["expire"],
        ["withdraw"] = ["withdraw", "owe"],
    };

    public static Outcome<EntryFilter> Read(string? kind, DateTimeOffset? from, DateTimeOffset? to)
    {
        if (!string.IsNullOrEmpty(kind) && !Known.ContainsKey(kind))
        {
            return Fault.Invalid("kind", Said.OneOf(Known.Keys));
        }

        return from >= to
            ? Fault.Invalid("to", new Said("must be later than from", "必须晚于 from"))
            : new EntryFilter(string.IsNullOrEmpty(kind) ? [.. Known.Values.SelectMany(k => k)] : Known[kind], from, to);
    }
}
