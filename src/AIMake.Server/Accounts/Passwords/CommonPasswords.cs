namespace AIMake.Accounts.Passwords;

/// <summary>
/// The passwords that guessing starts with: short roots, each with the endings people add, and whole passwords that follow
/// no rule. Some three thousand of eight characters or more come of it.
/// </summary>
internal static class CommonPasswords
{
    private static readonly string[] Endings =
        ["", "1", "12", "123", "1234", "12345", "123456", "!", "1!", "123!", "@123", "#1", "01", "007", "69", "88", "99", "2020", "2021", "2022", "2023", "2024", "2025", "2026"];

    private const string Roots =
        """
        password passw0rd pass passwd p@ssword p@ssw0rd admin administrator root welcome login letmein user guest test testing
        qwerty qwertyui qwert asdfgh asdf zxcvbn iloveyou loveyou lovely love monkey dragon master shadow sunshine princess
        football baseball basketball soccer hockey superman batman spiderman pokemon starwars michael jordan jennifer jessica
        ashley daniel charlie thomas andrew joshua matthew robert nicole hunter killer summer winter spring autumn flower
        computer internet google apple samsung microsoft secret trustno freedom whatever hello helloworld changeme default
        server service system access oracle mysql postgres docker aimake studio audio speech voice podcast creator
        woaini aini wangyi zhang zhao chen yang qwe abc abcd abcdef asd zxc aaa king angel cookie cheese chocolate banana orange
        purple silver golden diamond ginger pepper buster harley ranger mustang porsche ferrari mercedes yankees liverpool arsenal
        chelsea barcelona madrid london paris berlin america china canada
        """;

    private const string Whole =
        """
        12345678 123456789 1234567890 0123456789 87654321 987654321 9876543210 11111111 00000000 88888888 66666666 99999999
        12341234 11112222 11223344 1122334455 12121212 123123123 123321123 147258369 159357456 13579246 24681357 31415926 314159265
        1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qaz2wsx3edc zaq12wsx zaq1zaq1 q1w2e3r4 qazwsxedc qazwsx123 qweasdzxc qweasd123 asdfghjk
        asdfghjkl asdfasdf qwerqwer zxcvbnm1 zxcvbnm123 qwertyuiop qwertyuiop1 1234qwer qwer1234 asdf1234 abcd1234 abc12345 a1b2c3d4
        aa123456 a1234567 a12345678 a123456789 q1234567 woaini1314 woaini520 5201314520 1314520520 52013145 iloveyou1314 abcdefgh abcdefghi
        trustno1trustno1 correcthorse letmeinnow openopen opensesame nopassword yourpassword mypassword thepassword newpassword
        password1password passwordpassword adminadmin testtest useruser rootroot passpass hellohello lovelove
        michelle jonathan victoria samantha benjamin alexander alexandra elizabeth christian christopher maverick
        butterfly rainbow7 midnight mountain sunflower strawberry blackberry elephant dolphins panthers cowboys1 steelers lakers24
        !@#$%^&* !@#$%^&*() 1234567a 12345678a 123456789a 123456aa 123456abc 123qweasd 123qwe123 asd123456 zxc123456 qwe123456 abc123456 abc123abc
        """;

    public static IEnumerable<string> All() =>
        Split(Roots).SelectMany(root => Endings.Select(ending => root + ending))
            .Concat(Split(Roots).Select(root => root + root))
            .Concat(Split(Whole))
            .Where(p => p.Length >= PasswordRules.MinCharacters)
            .Distinct(StringComparer.Ordinal);

    private static string[] Split(string words) => words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
