namespace AIMake.Tests.Architecture;

/// <summary>Who may call whom. ARCHITECTURE.md draws it; a change here is a change there.</summary>
public sealed class ArrowTests
{
    /// <summary>Besides these every module may use Platform, and Credits for amounts; Operations may read all.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Speech"] = ["Accounts", "Catalog", "Generations", "Library", "Providers", "Usage"],
        ["Video"] = ["Accounts", "Catalog", "Generations", "Library", "Providers", "Usage"],
        ["Gateway"] = ["Accounts", "Catalog", "Generations", "Providers", "Speech", "Usage", "Video"],
        ["Library"] = ["Accounts", "Generations"],
        ["Generations"] = ["Accounts"],
        ["Payments"] = ["Accounts", "Catalog"],
        ["Credits"] = ["Accounts"],
        ["Accounts"] = ["Providers"],
        ["Catalog"] = [],
        ["Providers"] = ["Catalog"],
        ["Usage"] = ["Accounts", "Providers"],
        ["Platform"] = ["Accounts"],
    };

    private readonly Dictionary<(string From, string To), string> _references = Modules.References();

    [Fact]
    public void Modules_call_only_along_the_arrows() =>
        AssertNone(_references
            .Where(r => r.Key is not { From: "Operations" } and not { To: "Platform" or "Credits" } && !Allowed.GetValueOrDefault(r.Key.From, []).Contains(r.Key.To))
            .Select(r => $"{r.Key.From} uses {r.Key.To}, e.g. in {r.Value}")
            .Order(StringComparer.Ordinal));

    private static void AssertNone(IEnumerable<string> faults) => Assert.True(!faults.Any(), string.Join('\n', faults));

    [Fact]
    public void Every_arrow_that_is_allowed_is_used() =>
        Assert.Equal([], Allowed.SelectMany(a => a.Value.Where(to => !_references.ContainsKey((a.Key, to))).Select(to => $"{a.Key} does not use {to} any more")));

    [Fact]
    public void Every_module_has_its_place_in_the_drawing() =>
        Assert.Equal([], Modules.Names.Where(m => m != "Operations" && !Allowed.ContainsKey(m)));

    [Fact]
    public void No_folder_is_named_after_a_technical_role() =>
        Assert.Equal([], Modules.Names.Intersect(["Common", "Utils", "Helpers", "Services", "Models", "Shared", "Core"], StringComparer.Ordinal));
}
