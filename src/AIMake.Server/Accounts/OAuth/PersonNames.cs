using System.Globalization;
using System.Security.Cryptography;
using AIMake.Accounts.Profile;

namespace AIMake.Accounts.OAuth;

/// <summary>Makes names that fit here of what providers call somebody.</summary>
internal static class PersonNames
{
    private const int MinUsername = 3;
    private const int MaxUsername = 32;
    private const int Room = 6; // for what makes a taken name another one
    private const int MaxPart = 64;

    /// <summary>The first that makes a username; else one that says nothing.</summary>
    public static string Username(IReadOnlyList<string?> names) =>
        names.Select(Shape).FirstOrDefault(n => n.Length >= MinUsername && ProfileRules.Username(n) is null) ?? $"user-{Number()}";

    /// <summary>The same name, told apart by a number.</summary>
    public static string Another(string username) => $"{Cut(username, MaxUsername - Room)}-{Number()}";

    public static (string? First, string? Last) Split(string? full)
    {
        var parts = (full ?? "").Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return (Fit(parts.ElementAtOrDefault(0)), Fit(parts.ElementAtOrDefault(1)));
    }

    /// <summary>Null for what is no name here.</summary>
    public static string? Fit(string? part)
    {
        var name = Cut(new string([.. (part ?? "").Where(c => !char.IsControl(c))]).Trim(), MaxPart).Trim();
        return name.Length > 0 && ProfileRules.PersonName("name", name) is null ? name : null;
    }

    private static string Shape(string? name)
    {
        var kept = (name ?? "").IsNormalized() ? name ?? "" : "";
        return Cut(new string([.. kept.Select(c => char.IsWhiteSpace(c) ? '-' : c).Where(c => char.IsLetterOrDigit(c) || c is '_' or '.' or '-')]).Trim('-', '.', '_'), MaxUsername);
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    private static string Number() => RandomNumberGenerator.GetInt32(1_000, 100_000).ToString(CultureInfo.InvariantCulture);
}
