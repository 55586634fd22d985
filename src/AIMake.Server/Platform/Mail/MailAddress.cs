using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AIMake.Platform.Mail;

/// <summary>An address a mail goes to or comes from. What stands in it cannot end a line or a bracket.</summary>
/// <param name="Local">Before the at sign.</param>
/// <param name="Domain">After it, as DNS spells it.</param>
/// <param name="Name">Of the person or the service; empty for none.</param>
internal sealed partial record MailAddress(string Local, string Domain, string Name)
{
    private const int Most = 254;

    public string Address => $"{Local}@{Domain}";

    /// <summary>Whether every mail server understands it; the others must say <c>SMTPUTF8</c>.</summary>
    public bool IsPlain => Ascii.IsValid(Local);

    /// <param name="text"><c>name@example.com</c> or <c>Name &lt;name@example.com&gt;</c>.</param>
    public static MailAddress? Parse(string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success || text.Length > Most + 100)
        {
            return null;
        }

        try
        {
            return new(match.Groups["local"].Value, new IdnMapping { UseStd3AsciiRules = true }.GetAscii(match.Groups["domain"].Value), match.Groups["name"].Value.Trim(' ', '"'));
        }
        catch (ArgumentException)
        {
            return null; // no name DNS could look up
        }
    }

    public override string ToString() => "MailAddress"; // never into a log

    [GeneratedRegex(@"\A(?:(?<name>[^\p{C}<>]*)<(?<at>)|)(?<local>[^\s@\p{C}<>()\[\],;:""\\]{1,64})@(?<domain>[^\s@\p{C}<>()\[\],;:""\\]{1,190})(?(at)>|)\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex Pattern();
}
