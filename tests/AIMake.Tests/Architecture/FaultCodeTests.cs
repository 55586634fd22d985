using System.Text.RegularExpressions;
using AIMake.Platform.Faults;

namespace AIMake.Tests.Architecture;

/// <summary>The codes clients program against: unique, spelled alike, told in both languages, and in use.</summary>
public sealed partial class FaultCodeTests
{
    public static TheoryData<string> Codes => [.. FaultCodes.All.Keys];

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_code_says_the_same_in_both_languages(string name)
    {
        var code = FaultCodes.All[name];

        Assert.Matches("^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$", code.Code);
        Assert.Equal(Placeholders(code.En), Placeholders(code.Zh));
        Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", code.Zh);
        Assert.DoesNotMatch(@"\p{IsCJKUnifiedIdeographs}", code.En);
        Assert.Matches(@"[.}]$", code.En);
        Assert.Matches(@"[。}]$", code.Zh);
        Assert.InRange(code.Status, 400, 504);
    }

    [Fact]
    public void A_field_is_named_like_its_code()
    {
        var fields = typeof(FaultCodes).GetFields().Where(f => f.FieldType == typeof(FaultCode)).ToArray();

        Assert.Equal(fields.Length, FaultCodes.All.Count);
        Assert.All(fields, f => Assert.Equal(((FaultCode)f.GetValue(null)!).Code, Word().Replace(f.Name, "_$1").ToUpperInvariant()));
    }

    [Fact]
    public void Every_code_is_used_somewhere()
    {
        var source = string.Concat(SourceFiles.Server.Where(f => !f.EndsWith("FaultCodes.cs", StringComparison.Ordinal)).Select(File.ReadAllText));

        var unused = typeof(FaultCodes).GetFields().Where(f => f.FieldType == typeof(FaultCode) && !source.Contains($"FaultCodes.{f.Name}", StringComparison.Ordinal));
        Assert.Equal([], unused.Select(f => f.Name));
    }

    /// <summary>Codes that take a reason are made through <c>Fault.Invalid</c>, which takes it in both languages.</summary>
    [Fact]
    public void No_reason_is_given_in_one_language_only()
    {
        var bare = SourceFiles.Server.Where(f => Path.GetFileName(f) is not ("Fault.cs" or "FaultCodes.cs"))
            .Where(f => TakesReason().IsMatch(File.ReadAllText(f)));

        Assert.Equal([], bare.Select(Path.GetFileName));
    }

    [Fact]
    public void A_reason_says_the_same_in_both_languages()
    {
        var said = SourceFiles.Server.SelectMany(f => Reason(f).Matches(File.ReadAllText(f))).ToList();

        Assert.InRange(said.Count, 20, 1_000);
        Assert.All(said, m =>
        {
            Assert.DoesNotMatch(@"\p{IsCJKUnifiedIdeographs}", m.Groups["en"].Value);
            Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", m.Groups["zh"].Value);
            Assert.Equal(Holes().Matches(m.Groups["en"].Value).Select(h => h.Value), Holes().Matches(m.Groups["zh"].Value).Select(h => h.Value));
        });

        static Regex Reason(string file) => Path.GetFileName(file) == "Said.cs" ? SaidHere() : Said();
    }

    [GeneratedRegex(@"FaultCodes\.(FieldInvalid|InvalidRequest)\b")]
    private static partial Regex TakesReason();

    [GeneratedRegex("new Said\\(\\$?\"(?<en>[^\"]*)\", \\$?\"(?<zh>[^\"]*)\"\\)")]
    private static partial Regex Said();

    [GeneratedRegex("new\\(\\$?\"(?<en>[^\"]*)\", \\$?\"(?<zh>[^\"]*)\"\\)")]
    private static partial Regex SaidHere();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Holes();

    private static IEnumerable<string> Placeholders(string text) => Placeholder().Matches(text).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("(?<!^)([A-Z])")]
    private static partial Regex Word();
}
