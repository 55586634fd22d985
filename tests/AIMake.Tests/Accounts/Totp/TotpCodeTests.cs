using System.Text;
using AIMake.Accounts.Totp;

namespace AIMake.Tests.Accounts.Totp;

public sealed class TotpCodeTests
{
    /// <summary>RFC 6238, appendix B, the rows of SHA-1.</summary>
    [Theory]
    [InlineData(59, "94287082")]
    [InlineData(1111111109, "07081804")]
    [InlineData(1111111111, "14050471")]
    [InlineData(1234567890, "89005924")]
    [InlineData(2000000000, "69279037")]
    [InlineData(20000000000, "65353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code) =>
        Assert.Equal(code, TotpCode.At("12345678901234567890"u8, TotpCode.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds)), digits: 8));

    /// <summary>RFC 4226, appendix D.</summary>
    [Theory]
    [InlineData(0, "755224")]
    [InlineData(1, "287082")]
    [InlineData(7, "162583")]
    [InlineData(9, "520489")]
    public void Six_digits_are_those_of_the_standard(long counter, string code) => Assert.Equal(code, TotpCode.At("12345678901234567890"u8, counter));

    /// <summary>RFC 4648, section 10, less the padding.</summary>
    [Theory]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_is_that_of_the_standard(string text, string base32)
    {
        Assert.Equal(base32, TotpCode.Encode(Encoding.ASCII.GetBytes(text)));
        Assert.Equal(text, Encoding.ASCII.GetString(TotpCode.Decode(base32)));
    }

    [Theory]
    [InlineData(-60, false)]
    [InlineData(-30, true)]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(60, false)]
    public void A_clock_may_be_half_a_minute_off(int seconds, bool taken)
    {
        var now = new DateTimeOffset(2026, 11, 20, 9, 0, 7, TimeSpan.Zero);
        var secret = "12345678901234567890"u8.ToArray();

        Assert.Equal(taken, TotpCode.Match(secret, TotpCode.At(secret, TotpCode.StepAt(now.AddSeconds(seconds))), now) is not null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345")]
    [InlineData("1234567")]
    [InlineData("12345a")]
    [InlineData("１２３４５６")]
    public void What_is_no_code_matches_nothing(string code) => Assert.Null(TotpCode.Match("12345678901234567890"u8, code, DateTimeOffset.UnixEpoch));

    [Fact]
    public void Recovery_codes_are_read_however_they_are_typed()
    {
        var user = Guid.CreateVersion7();
        var codes = RecoveryCodes.New();

        Assert.Equal(RecoveryCodes.Count, codes.Distinct().Count());
        Assert.All(codes, c => Assert.Matches("^[a-z2-7]{4}(-[a-z2-7]{4}){3}$", c));
        Assert.Equal(RecoveryCodes.Digest(user, codes[0]), RecoveryCodes.Digest(user, codes[0].ToUpperInvariant().Replace('-', ' ')));
        Assert.NotEqual(RecoveryCodes.Digest(user, codes[0]), RecoveryCodes.Digest(Guid.CreateVersion7(), codes[0]));
        Assert.Null(RecoveryCodes.Digest(user, "123456"));
        Assert.Null(RecoveryCodes.Digest(user, new string('a', 1_000_000)));
    }
}
