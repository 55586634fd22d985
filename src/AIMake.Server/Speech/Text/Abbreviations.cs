using System.Collections.Frozen;

namespace AIMake.Speech.Text;

/// <summary>Words written with a full stop that does not, or need not, end a sentence.</summary>
internal static class Abbreviations
{
    /// <summary>Always followed by more of the same sentence.</summary>
    private static readonly FrozenSet<string> Never = Set(
        "e.g", "i.e", "vs", "cf", "viz", "bzw", "d.h", "z.b", "z.t", "ca", "mme", "mlle", "esp", "approx", "resp", "incl", "excl");

    /// <summary>Titles: never the end, but only when written with a capital, for some are also words.</summary>
    private static readonly FrozenSet<string> Titles = Set(
        "mr", "mrs", "ms", "mx", "dr", "prof", "gen", "col", "sgt", "capt", "cpt", "lt", "cmdr", "maj", "rev", "hon", "pres",
        "gov", "sen", "rep", "msgr", "fr", "hr", "sra", "srta", "mt", "messrs");

    /// <summary>Not the end when a number follows: <c>No. 5</c>, <c>Fig. 2</c>.</summary>
    private static readonly FrozenSet<string> BeforeNumbers = Set(
        "no", "nos", "nr", "fig", "figs", "p", "pp", "vol", "vols", "ch", "chap", "sec", "art", "eq", "eqs", "tab", "op", "ver", "v");

    /// <summary>May stand in the middle or at the end; the next word decides.</summary>
    private static readonly FrozenSet<string> MayEnd = Set(
        "inc", "ltd", "co", "corp", "jr", "sr", "st", "ave", "blvd", "rd", "dept", "est", "al", "ed", "eds", "univ", "assn", "bros",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
        "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun");

    /// <summary>Of those above, ordinary words when written small: <c>the cat sat.</c></summary>
    private static readonly FrozenSet<string> OnlyCapitalised = Set(
        "st", "mar", "jun", "mon", "wed", "sat", "sun", "ed", "al", "est", "dec", "sep");

    /// <summary>Usually end a list, not a sentence; a capital letter after them starts a new one.</summary>
    private static readonly FrozenSet<string> ListEnders = Set("etc", "usw", "ff");

    /// <summary>Words that after an abbreviation almost always start a sentence.</summary>
    private static readonly FrozenSet<string> Starters = FrozenSet.Create(StringComparer.Ordinal,
        "The", "This", "That", "These", "Those", "There", "Then", "They", "He", "She", "It", "Its", "We", "You", "I", "My", "Our",
        "Your", "His", "Her", "Their", "A", "An", "And", "But", "Or", "So", "Yet", "If", "When", "While", "As", "At", "In", "On",
        "By", "For", "From", "To", "With", "After", "Before", "Since", "Because", "However", "Although", "Though", "What", "Who",
        "Why", "How", "Where", "Which", "No", "Not", "Yes", "Now", "Here", "Once", "Some", "Many", "Most", "All", "Every", "Each",
        "Let", "Is", "Are", "Was", "Were", "Do", "Did", "Does", "Can", "Could", "Will", "Would", "Should", "Please", "Today",
        "Meanwhile", "Later", "Soon", "Die", "Der", "Das", "Er", "Sie", "Es", "Wir", "Ich", "Le", "La", "Les", "Il", "Elle", "El", "Los");

    private static readonly FrozenSet<string> GermanMonths = FrozenSet.Create(StringComparer.Ordinal,
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember");

    public static bool IsStarter(ReadOnlySpan<char> word) =>
        Starters.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    public static bool IsGermanMonth(ReadOnlySpan<char> word) =>
        GermanMonths.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    /// <summary>What a full stop after this word means.</summary>
    public static AbbreviationKind Classify(ReadOnlySpan<char> word)
    {
        if (word.IsEmpty) return AbbreviationKind.None;
        var capital = char.IsUpper(word[0]);
        if (Has(Never, word) || (capital && Has(Titles, word))) return AbbreviationKind.Never;
        if (Has(ListEnders, word)) return AbbreviationKind.ListEnder;
        if (Has(BeforeNumbers, word)) return AbbreviationKind.BeforeNumber;
        if (Has(MayEnd, word) && (capital || !Has(OnlyCapitalised, word))) return AbbreviationKind.MayEnd;
        return IsInitials(word) ? AbbreviationKind.MayEnd : AbbreviationKind.None;
    }

    /// <summary>One capital letter, or parts of one or two letters between dots: <c>J</c>, <c>U.S</c>, <c>a.m</c>, <c>Ph.D</c>.</summary>
    private static bool IsInitials(ReadOnlySpan<char> word)
    {
        if (word.Length == 1) return char.IsUpper(word[0]);
        if (!word.Contains('.')) return false;
        foreach (var part in word.Split('.'))
            if (word[part].Length is 0 or > 2) return false;
        return true;
    }

    private static bool Has(FrozenSet<string> set, ReadOnlySpan<char> word) =>
        set.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    private static FrozenSet<string> Set(params ReadOnlySpan<string> words) =>
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, words);
}

/// <summary>What a full stop after a word means.</summary>
internal enum AbbreviationKind
{
    /// <summary>An ordinary word: the stop ends the sentence.</summary>
    None,

    /// <summary>The sentence goes on.</summary>
    Never,

    /// <summary>The sentence goes on when a number follows.</summary>
    BeforeNumber,

    /// <summary>The sentence ends when a word follows that usually starts one.</summary>
    MayEnd,

    /// <summary>The sentence ends when a capital letter follows.</summary>
    ListEnder,
}
