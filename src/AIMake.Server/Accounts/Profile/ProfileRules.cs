using System.Text.RegularExpressions;
using AIMake.Platform.Faults;

namespace AIMake.Accounts.Profile;

/// <summary>What names, addresses and pictures may look like. Each check answers with the fault or null.</summary>
internal static partial class ProfileRules
{
    private const int MaxName = 64;
    private const int MaxEmail = 254;
    private const int MaxAvatar = 2048;

    public static Fault? Username(string value) => UsernamePattern().IsMatch(value) && value.Any(char.IsLetterOrDigit)
        ? null
        : Invalid("username", "3 to 32 letters, digits, '_', '.' or '-'");

    /// <summary>Only a mail can prove an address; this refuses what cannot be one, and what would be dangerous in a mail header.</summary>
    public static Fault? Email(string value) => value.Length <= MaxEmail && EmailPattern().IsMatch(value)
        ? null
        : Invalid("email", "an address such as name@example.com");

    public static Fault? PersonName(string field, string? value) => value is null || (value.Length <= MaxName && !Unprintable().IsMatch(value) && value.Trim() == value)
        ? null
        : Invalid(field, $"at most {MaxName} printable characters, no space at either end");

    public static Fault? Avatar(string? value) => value is null or "" || IsHttps(value)
        ? null
        : Invalid("avatar", $"an https address of at most {MaxAvatar} characters");

    public static Fault? Language(string? value) => value is null || Preferences.Languages.Contains(value)
        ? null
        : Invalid("preferences.language", "one of " + string.Join(", ", Preferences.Languages));

    private static bool IsHttps(string value) =>
        value.Length <= MaxAvatar && value.StartsWith("https://", StringComparison.Ordinal) && !UnsafeInUrl().IsMatch(value)
        && Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.Host.Length > 0 && uri.UserInfo.Length == 0;

    private static Fault Invalid(string field, string what) => new(FaultCodes.FieldInvalid, field, what) { Field = field };

    [GeneratedRegex(@"\A[\p{L}\p{N}_.-]{3,32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex UsernamePattern();

    [GeneratedRegex(@"\A[^\s@\p{C}<>()\[\],;:""\\]{1,64}@[^\s@\p{C}<>()\[\],;:""\\.]+(\.[^\s@\p{C}<>()\[\],;:""\\.]+)*\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex EmailPattern();

    [GeneratedRegex(@"\p{C}", RegexOptions.CultureInvariant)]
    private static partial Regex Unprintable();

    [GeneratedRegex(@"[\s\p{C}<>""'`\\]", RegexOptions.CultureInvariant)]
    private static partial Regex UnsafeInUrl();
}
