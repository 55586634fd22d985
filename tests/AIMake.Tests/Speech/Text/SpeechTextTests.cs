using AIMake.Platform.Faults;
using AIMake.Speech.Text;

namespace AIMake.Tests.Speech.Text;

public sealed class SpeechTextTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   \n\t ")]
    [InlineData("🎉🎉🎉")]
    [InlineData("。。。！？")]
    [InlineData("[pause 1s]")]
    [InlineData("[pause 1s] ... [pause 2s]")]
    public void A_text_without_anything_to_say_is_refused(string? text) => AssertFault(FaultCodes.TextEmpty, text);

    [Theory]
    [InlineData("a\0b", 2)]
    [InlineData("\u0007", 1)]
    [InlineData("ab\u001B[0m", 3)]
    [InlineData("a\u0085", 2)]
    [InlineData("🎉a\u007F", 3)]
    [InlineData("a\uFFFF", 2)]
    [InlineData("a\uFDD0", 2)]
    public void Characters_that_cannot_be_text_are_refused_with_their_position(string text, int position) =>
        Assert.Equal(position, AssertFault(FaultCodes.TextInvalid, text).Args[0]);

    [Fact]
    public void Lone_surrogates_are_refused_and_pairs_are_not()
    {
        AssertFault(FaultCodes.TextInvalid, "a\uD83D");
        AssertFault(FaultCodes.TextInvalid, "\uDE00a");
        AssertFault(FaultCodes.TextInvalid, "a\uDE00\uD83D");
        AssertFault(FaultCodes.TextInvalid, "a\uD83F\uDFFF");
        Assert.True(SpeechText.Validate("a\uD83D\uDE00", 10).Ok);
    }

    [Fact]
    public void The_limit_counts_code_points()
    {
        Assert.Equal(5, SpeechText.Validate("𠮷𠮷𠮷𠮷𠮷", 5).Value.Length);
        var fault = AssertFault(FaultCodes.TextTooLong, new string('a', 5_001), 5_000);
        Assert.Equal([5_001, 5_000], fault.Args.Cast<int>());
    }

    [Theory]
    [InlineData("Hello")]
    [InlineData("你好")]
    [InlineData("7")]
    [InlineData("tab\tand\r\nlines\n")]
    [InlineData("mixed 中文 и русский ไทย")]
    [InlineData("[pause one second]")]
    public void Ordinary_texts_pass(string text) => Assert.Equal(text, SpeechText.Validate(text, 5_000).Value.Value);

    private static Fault AssertFault(FaultCode code, string? text, int limit = 5_000)
    {
        var fault = SpeechText.Validate(text, limit).Fault;
        Assert.Equal(code, fault?.Code);
        Assert.Equal("text", fault?.Field);
        return fault!;
    }
}
