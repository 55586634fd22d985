using AIMake.Platform.Faults;

namespace AIMake.Accounts.Passwords;

/// <summary>What a new password must be: long enough, not too long, and not one that everybody tries first. No composition rules.</summary>
internal static class PasswordRules
{
    public const int MinCharacters = 8;
    public const int MaxCharacters = 128;

    private static readonly HashSet<string> Common = [.. CommonPasswords.All()];

    /// <summary>Whether a password can be one at all; longer ones are not even hashed.</summary>
    public static bool FitsLength(string password) =>
        password.Length <= MaxCharacters * 2 && password.EnumerateRunes().Count() is >= MinCharacters and <= MaxCharacters;

    /// <param name="field">JSON name of the member that carries it.</param>
    /// <param name="own">What the account is called: a password that repeats it is as good as none.</param>
    public static Fault? Check(string password, string field, params ReadOnlySpan<string?> own)
    {
        if (!FitsLength(password))
        {
            return new Fault(FaultCodes.PasswordLength, MinCharacters, MaxCharacters) { Field = field };
        }

        var folded = password.ToLowerInvariant();
        foreach (var name in own)
        {
            if (name is not null && folded == name.ToLowerInvariant())
            {
                return new Fault(FaultCodes.PasswordCommon) { Field = field };
            }
        }

        return Common.Contains(folded) || folded.Distinct().Count() < 3 ? new Fault(FaultCodes.PasswordCommon) { Field = field } : null;
    }
}
