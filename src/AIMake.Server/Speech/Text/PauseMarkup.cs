using System.Globalization;

namespace AIMake.Speech.Text;

/// <summary>
/// The one piece of inline markup: <c>[pause 1s]</c>, <c>[pause 500ms]</c>, <c>[Pause 1.5 s]</c>. It asks for silence, ends the
/// sentence it stands in, costs nothing and is never spoken. Longer than ten seconds means ten seconds. Anything that merely
/// looks like it is ordinary text and is spoken as typed, so a slip of the pen is heard, not silently swallowed.
/// </summary>
internal static class PauseMarkup
{
    /// <summary>The longest silence at one place, however many pauses are written there.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>All pauses of a text together; silence is free, so it must not be a way to make hours of audio for nothing.</summary>
    public static readonly TimeSpan LongestInAll = TimeSpan.FromMinutes(10);

    private const int LongestMarkup = 40;

    /// <param name="text">The text from the opening bracket on.</param>
    /// <param name="pause">The silence asked for, already capped.</param>
    /// <param name="length">UTF-16 units the markup takes.</param>
    public static bool TryRead(ReadOnlySpan<char> text, out TimeSpan pause, out int length)
    {
        pause = default;
        length = 0;
        if (text.Length > LongestMarkup) text = text[..LongestMarkup];
        var close = text.IndexOf(']');
        if (close < 0) return false;
        var inside = text[1..close].Trim(' ');
        if (!inside.StartsWith("pause ", StringComparison.OrdinalIgnoreCase)) return false;
        inside = inside["pause ".Length..].TrimStart(' ');

        if (!inside.EndsWith("s", StringComparison.OrdinalIgnoreCase)) return false;
        var milliseconds = inside.EndsWith("ms", StringComparison.OrdinalIgnoreCase);
        inside = inside[..^(milliseconds ? 2 : 1)].TrimEnd(' ');
        if (inside.IsEmpty || !char.IsAsciiDigit(inside[0]) || !char.IsAsciiDigit(inside[^1])) return false;
        if (!decimal.TryParse(inside, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)) return false;

        var longest = (decimal)Longest.TotalMilliseconds;
        if (!milliseconds && amount < longest) amount *= 1000;
        pause = TimeSpan.FromMilliseconds((double)Math.Min(amount, longest));
        length = close + 1;
        return true;
    }
}
