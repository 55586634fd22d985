using System.Text;
using AIMake.Providers.Tencent;

namespace AIMake.Tests.Providers.Tencent;

/// <summary>
/// Against signatures made by others: the vendor's own test vector, and one that openssl, Python and the vendor's Node SDK agree on.
/// <c>tests/clients</c> adds that SDK itself, signing for the simulator.
/// </summary>
public sealed class TencentSignatureTests
{
    private const string Text = """{"Text":"你好，世界","SessionId":"session-0001","VoiceType":501001,"Codec":"mp3","SampleRate":16000}""";

    [Theory]
    [InlineData("application/json", Text, "6db0fd37ad79aa826f139944ee8555a401b088d890870a026e1efe5a4997cc54")]
    [InlineData("application/json; charset=utf-8", Text, "b7add8c847d6b989dc4043ca3865b0ba4942e61bac284a4e4211af4f3237d1c4")]
    public void A_text_in_Chinese_is_signed_as_others_sign_it(string contentType, string body, string signature) => Assert.Equal(
        $"Credential=EXAMPLE-SECRET-ID/2026-01-01/tts/tc3_request, SignedHeaders=content-type;host, Signature={signature}",
        TencentSignature.Sign("EXAMPLE-SECRET-ID", "EXAMPLE-SECRET-KEY", "tts", "tts.tencentcloudapi.com", "/", contentType, Encoding.UTF8.GetBytes(body), 1_767_225_600));

    [Fact]
    public void So_is_the_vendors_own_example() => Assert.EndsWith(
        "Signature=96473b50fe407833672a5d6d067238d88bb44c8abcc39ef83baa3132afbfadd3",
        TencentSignature.Sign(
            "test-secret-id", "test-secret-key", "cvm", "cvm.tencentcloudapi.com", "/", "application/json",
            """{"Action":"DescribeInstances","Version":"2017-03-12"}"""u8, 1_640_995_200),
        StringComparison.Ordinal);

    [Fact]
    public void The_day_is_that_of_Greenwich() => Assert.Contains(
        "/2026-12-31/", TencentSignature.Sign("i", "k", "tts", "h", "/", "application/json", "{}"u8, 1_798_761_599), StringComparison.Ordinal);
}
