namespace AIMake.Gateway.Tokens;

/// <summary>
/// Guesses how many tokens a text has, by script: on every sample of the tests (prose in a dozen languages, code, JSON, emoji, base64)
/// within 15 % of the o200k vocabulary, on all together within 3 %; <c>tests/clients/token-counts.mjs</c> says what the right number is.
/// Used to size holds and to bill answers whose provider reported nothing; a report is always preferred.
/// </summary>
internal struct TokenEstimator
{
    // Tokens by kind of text, fitted to o200k_base.
    private const double LongLetter = 0.12; // each letter of a word after the seventh
    private const int ShortWord = 7;
    private const double EndlessLetter = 0.3; // each letter after the twentieth: no word of a language, and no vocabulary has it
    private const int LongWord = 20;
    private const double Hump = 1.35; // a capital after a small letter: camelCase, base64
    private const double ThreeDigits = 1.25;
    private const double Spaces = 0.75; // a run of two or more
    private const double Lines = 0.4; // a run of line ends with the indentation after it
    private const double FirstMark = 0.9;
    private const double NextMark = 0.08;
    private const double Han = 0.86;
    private const double RareHan = 2.5;
    private const double Kana = 0.86;
    private const double Hangul = 0.85;
    private const double WideMark = 0.5;
    private const double Emoji = 2;
    private const double Joiner = 0.9; // and other invisible parts of emoji
    private const double LatinLetter = 0.45; // with an accent
    private const double CyrillicLetter = 0.32; // and Greek
    private const double ArabicLetter = 0.4; // and Hebrew
    private const double IndicLetter = 0.41;
    private const double OtherLetter = 1;

    private double _tokens;
    private Run _run;
    private int _length;
    private bool _small; // the byte before was a small letter

    private enum Run
    {
        None,
        Word,
        Digits,
        Spaces,
        Lines,
        Marks,
    }

    /// <summary>Tokens so far, rounded up.</summary>
    public readonly long Tokens => (long)Math.Ceiling(_tokens + Pending());

    /// <summary>Adds a piece of UTF-8. Words may continue in the next piece; a sequence cut in the middle counts as it lies.</summary>
    public void Add(ReadOnlySpan<byte> utf8)
    {
        while (!utf8.IsEmpty)
        {
            if (utf8[0] < 0x80)
            {
                AddAscii(utf8[0]);
                utf8 = utf8[1..];
                continue;
            }

            System.Text.Rune.DecodeFromUtf8(utf8, out var rune, out var used);
            utf8 = utf8[used..];
            Close();
            _tokens += Wide(rune.Value);
        }
    }

    /// <summary>Adds what is not text: the frame of a message, a picture.</summary>
    public void Add(long tokens)
    {
        Close();
        _tokens += tokens;
    }

    private void AddAscii(byte c)
    {
        var kind = c switch
        {
            (byte)' ' => _run is Run.Lines ? Run.Lines : Run.Spaces,
            (byte)'\n' or (byte)'\r' or (byte)'\t' => Run.Lines,
            _ when char.IsAsciiLetter((char)c) => Run.Word,
            _ when char.IsAsciiDigit((char)c) => Run.Digits,
            _ => Run.Marks,
        };
        if (kind != _run)
        {
            Close();
            _run = kind;
        }
        else if (_small && char.IsAsciiLetterUpper((char)c))
        {
            _tokens += Hump;
        }

        _small = char.IsAsciiLetterLower((char)c);
        _length++;
    }

    private void Close()
    {
        _tokens += Pending();
        (_run, _length) = (Run.None, 0);
    }

    private readonly double Pending() => _run switch
    {
        Run.Word => 1 + (Math.Max(0, Math.Min(_length, LongWord) - ShortWord) * LongLetter) + (Math.Max(0, _length - LongWord) * EndlessLetter),
        Run.Digits => (_length + 2) / 3 * ThreeDigits,
        Run.Spaces => _length > 1 ? Spaces : 0,
        Run.Lines => Lines,
        Run.Marks => FirstMark + ((_length - 1) * NextMark),
        _ => 0,
    };

    private static double Wide(int rune) => rune switch
    {
        0x200D or 0xFE0F or 0x20E3 or (>= 0x1F3FB and <= 0x1F3FF) => Joiner,
        (>= 0x3400 and < 0x4DC0) or >= 0x20000 => RareHan,
        >= 0x1F000 or (>= 0x2600 and < 0x2800) => Emoji,
        >= 0x3040 and < 0x3100 => Kana,
        >= 0xAC00 and < 0xD7B0 => Hangul,
        (>= 0x2E80 and < 0x3000) or (>= 0x3100 and < 0xA000) or (>= 0xF900 and < 0xFB00) => Han,
        (>= 0x2010 and < 0x2040) or (>= 0x3000 and < 0x3040) or (>= 0xFF00 and < 0xFFF0) => WideMark,
        < 0x0370 => LatinLetter,
        < 0x0530 => CyrillicLetter,
        >= 0x0590 and < 0x0780 => ArabicLetter,
        >= 0x0900 and < 0x0F00 => IndicLetter,
        _ => OtherLetter,
    };
}
