using AIMake.Platform.Faults;

namespace AIMake.Platform.Outbound;

/// <summary>What may stand in a header value. Line breaks in one add headers, or whole requests, to the wire.</summary>
internal static class OutboundHeaders
{
    private const int LongestValue = 8192;

    /// <summary>Visible ASCII with single blanks or tabs inside, at most 8 KiB.</summary>
    public static bool IsSafe(ReadOnlySpan<char> value) =>
        value.Length <= LongestValue
        && value.IndexOfAnyExceptInRange(' ', '~') < 0
        && (value.IsEmpty || (value[0] != ' ' && value[^1] != ' '));

    /// <summary>Checks a value from outside, a user's key for instance, that will be sent in a header.</summary>
    /// <param name="field">JSON name of the member it came in.</param>
    public static Outcome<string> Check(string? value, string field) =>
        value is { Length: > 0 } && IsSafe(value)
            ? value
            : Fault.Invalid(field, new Said("visible ASCII characters only", "只能包含可见 ASCII 字符"));

    internal static bool AreSafe(HttpRequestMessage request)
    {
        foreach (var (name, values) in request.Headers.NonValidated)
            foreach (var value in values)
                if (!IsSafe(name) || !IsSafe(value)) return false;
        if (request.Content is null) return true;
        foreach (var (name, values) in request.Content.Headers.NonValidated)
            foreach (var value in values)
                if (!IsSafe(name) || !IsSafe(value)) return false;
        return true;
    }
}
