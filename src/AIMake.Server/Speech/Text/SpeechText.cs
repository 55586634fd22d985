using AIMake.Platform.Faults;

namespace AIMake.Speech.Text;

/// <summary>A text that passed the door: not too long, nothing unreadable in it, and something in it to say.</summary>
internal sealed class SpeechText
{
    private SpeechText(string value, int length) => (Value, Length) = (value, length);

    /// <summary>The text as it came.</summary>
    public string Value { get; }

    /// <summary>Its length in Unicode code points, markup and blanks included; what limits are held against.</summary>
    public int Length { get; }

    /// <summary>
    /// Checks a text from outside. Refused are lone surrogates, noncharacters and control characters other than tab and line
    /// breaks (TEXT_INVALID, with the position from 1), more than <paramref name="limit"/> code points (TEXT_TOO_LONG), and a
    /// text without a single letter or number to speak, be it empty, blank or only emoji (TEXT_EMPTY).
    /// </summary>
    /// <param name="limit">Most Unicode code points allowed, for example 5,000 or 500,000.</param>
    public static Outcome<SpeechText> Validate(string? text, int limit)
    {
        if (string.IsNullOrEmpty(text)) return Empty();
        var length = 0;
        for (var i = 0; i < text.Length; i++, length++)
        {
            if (char.IsSurrogatePair(text, i)) i++;
            if (IsForbidden(text, i)) return new Fault(FaultCodes.TextInvalid, length + 1) { Field = "text" };
        }
        if (length > limit) return new Fault(FaultCodes.TextTooLong, length, limit) { Field = "text" };
        return HasSomethingToSay(text) ? new SpeechText(text, length) : Empty();
    }

    private static Outcome<SpeechText> Empty() => new Fault(FaultCodes.TextEmpty) { Field = "text" };

    /// <summary>Looks at one character; of a pair, at its second half.</summary>
    private static bool IsForbidden(string text, int i)
    {
        var c = text[i];
        if (char.IsControl(c)) return c is not ('\t' or '\n' or '\r');
        if (char.IsLowSurrogate(c) && i > 0 && char.IsHighSurrogate(text[i - 1]))
            return (char.ConvertToUtf32(text[i - 1], c) & 0xFFFE) == 0xFFFE;
        return char.IsSurrogate(c) || c is >= '\uFFFE' or (>= '\uFDD0' and <= '\uFDEF');
    }

    /// <summary>The words inside pause markup are not said, so the script is asked, not the text.</summary>
    private static bool HasSomethingToSay(string text) =>
        text.Contains('[')
            ? SpeechSegmenter.Split(text, SpeechSegmenter.DefaultMaximumLength, out _).Segments.Count > 0
            : Letters.HasSpeakable(text);
}
