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
        : Fault.Invalid("username", new Said("3 to 32 letters, digits, '_', '.' or '-'", "须为 3 到 32 个字母、数字、“_”、“.”或“-”"));

    /// <summary>Only a mail can prove an address; this refuses what cannot be one, and what would be dangerous in a mail header.</summary>
    public static Fault? Email(string value) => value.Length <= MaxEmail && EmailPattern().IsMatch(value)
        ? null
        : Fault.Invalid("email", new Said("an address such as name@example.com", "须为邮箱地址，例如 name@example.com"));

    public static Fault? PersonName(string field, string? value) => value is null || (value.Length <= MaxName && !Unprintable().IsMatch(value) && value.Trim() == value)
        ? null
        : Fault.Invalid(field, new Said($"at most {MaxName} printable characters, no space at either end", $"最多 {MaxName} 个可打印字符，首尾不能有空格"));

    public static Fault? Avatar(string? value) => value is null or "" || IsHttps(value)
        ? null
        : Fault.Invalid("avatar", new Said($"an https address of at most {MaxAvatar} characters", $"须为 https 地址，最多 {MaxAvatar} 个字符"));

    public static Fault? Language(string? value) => value is null || Preferences.Languages.Contains(value)
        ? null
        : Fault.Invalid("preferences.language", Said.OneOf(Preferences.Languages));

    private static bool IsHttps(string value) =>
        value.Length <= MaxAvatar && value.StartsWith("https://", StringComparison.Ordinal) && !UnsafeInUrl().IsMatch(value)
        && Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.Host.Length > 0 && uri.UserInfo.Length == 0;

    [GeneratedRegex(@"\A[\p{L}\p{N}_.-]{3,32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex UsernamePattern();

    [GeneratedRegex(@"\A[^\s@\p{C}<>()\[\],;:""\\]{1,64}@[^\s@\p{C}<>()\[\],;:""\\.]+(\.[^\s@\p{C}<>()\[\],;:""\\.]+)*\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex EmailPattern();

    [GeneratedRegex(@"\p{C}", RegexOptions.CultureInvariant)]
    private static partial Regex Unprintable();

    [GeneratedRegex(@"[\s\p{C}<>""'`\\]", RegexOptions.CultureInvariant)]
    private static partial Regex UnsafeInUrl();
}
