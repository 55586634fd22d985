using System.Security.Cryptography;
using System.Text;
using AIMake.Payments.Stripe;
using AIMake.Platform.Faults;

namespace AIMake.Tests.Payments;

/// <summary>S38, S39. The vectors were computed with Stripe's own library.</summary>
public sealed class StripeSignatureTests
{
    private const string SecretA = "whsec_abc";
    private const string HeaderA = "t=1700000000,v1=b2d734924195c0ec9d201657b4469ac3b6ed7dce29d081ecb0e2b1ddd6d76a04";
    private const string SecretB = "whsec_test_0123456789abcdefghijklmnop";
    private const string RightB = "859ae96f6981d2d8fd5b0bf00b159ec988ca6fb23a41a04a04aba955e2b1e2dc";
    private const long StampB = 1760000000;

    private const string BodyB =
        """{"id":"evt_test_1","object":"event","api_version":"2026-10-28.endive","created":1760000000,"data":{"object":{"id":"cs_test_1","object":"checkout.session","client_reference_id":"user-42","mode":"payment","payment_status":"paid","amount_total":1900,"currency":"usd","note":"café €"}},"livemode":false,"pending_webhooks":1,"request":{"id":null,"idempotency_key":null},"type":"checkout.session.completed"}""";

    private static readonly string Wrong = new('0', 64);

    [Fact]
    public void Vector_A_is_accepted() =>
        Assert.Null(StripeSignature.Check([HeaderA], """{"id":"evt_min"}"""u8, [SecretA], DateTimeOffset.FromUnixTimeSeconds(1700000000)));

    [Fact]
    public void Vector_B_is_accepted_byte_for_byte()
    {
        var body = Encoding.UTF8.GetBytes(BodyB);
        Assert.Equal(404, body.Length);
        Assert.Equal("d3b8646a0e2931999c673d53964fd5c0d24ebaf4ab83e2fdc62b2a3dcfb07cee", Convert.ToHexStringLower(SHA256.HashData(body)));

        Assert.Equal(RightB, Convert.ToHexStringLower(StripeSignature.Compute(SecretB, StampB, body)));
        Assert.Null(Check($"t={StampB},v1={RightB}"));
    }

    [Fact]
    public void Any_of_several_signatures_and_of_several_secrets_will_do()
    {
        Assert.Null(Check($"t={StampB},v1={Wrong},v1={RightB}"));
        Assert.Null(Check($"t={StampB}, v1={RightB},v0={Wrong}"));
        Assert.Null(StripeSignature.Check([$"t={StampB},v1={RightB}"], Encoding.UTF8.GetBytes(BodyB), ["whsec_another_secret_of_ours", SecretB], At(0)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("t=1760000000")]
    [InlineData("v1=" + RightB)]
    [InlineData("t=1760000000,v0=" + RightB)]
    [InlineData("t=1760000001,v1=" + RightB)]
    [InlineData("t=1760000000,t=1760000000,v1=" + RightB)]
    [InlineData("t=-1760000000,v1=" + RightB)]
    [InlineData("t=17600000000000000000,v1=" + RightB)]
    [InlineData("t=1760000000,v1=859AE96F6981D2D8FD5B0BF00B159EC988CA6FB23A41A04A04ABA955E2B1E2DC")]
    [InlineData("t=1760000000,v1=" + RightB + "00")]
    [InlineData("t=1760000000,v1=" + RightB + ",")]
    public void A_header_that_is_not_exactly_right_is_refused(string header) => Assert.Equal(FaultCodes.SignatureInvalid, Check(header)!.Code);

    [Fact]
    public void No_header_and_two_headers_are_none()
    {
        Assert.Equal(FaultCodes.SignatureInvalid, StripeSignature.Check([], Encoding.UTF8.GetBytes(BodyB), [SecretB], At(0))!.Code);
        Assert.Equal(FaultCodes.SignatureInvalid, StripeSignature.Check([$"t={StampB},v1={RightB}", $"t={StampB},v1={RightB}"], Encoding.UTF8.GetBytes(BodyB), [SecretB], At(0))!.Code);
    }

    [Theory]
    [InlineData(BodyB + "\n")]
    [InlineData("{}")]
    [InlineData("")]
    public void Another_body_is_refused(string body) =>
        Assert.Equal(FaultCodes.SignatureInvalid, StripeSignature.Check([$"t={StampB},v1={RightB}"], Encoding.UTF8.GetBytes(body), [SecretB], At(0))!.Code);

    [Fact]
    public void The_secret_counts_whole() => Assert.Equal(FaultCodes.SignatureInvalid, StripeSignature.Check([$"t={StampB},v1={RightB}"], Encoding.UTF8.GetBytes(BodyB), [SecretB["whsec_".Length..]], At(0))!.Code);

    [Theory]
    [InlineData(300, true)]
    [InlineData(301, false)]
    [InlineData(-300, true)]
    [InlineData(-301, false)]
    public void Five_minutes_either_way_are_the_limit(int seconds, bool fits) =>
        Assert.Equal(fits ? null : FaultCodes.TimestampOutOfTolerance, Check($"t={StampB},v1={RightB}", seconds)?.Code);

    private static Fault? Check(string header, int seconds = 0) => StripeSignature.Check([header], Encoding.UTF8.GetBytes(BodyB), [SecretB], At(seconds));

    private static DateTimeOffset At(int seconds) => DateTimeOffset.FromUnixTimeSeconds(StampB + seconds);
}
