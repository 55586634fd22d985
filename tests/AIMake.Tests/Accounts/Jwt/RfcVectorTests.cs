using System.Text;
using AIMake.Accounts.Jwt;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Secrets;

namespace AIMake.Tests.Accounts.Jwt;

/// <summary>The signed examples of RFC 7515, appendix A: made by others, so that we do not only agree with ourselves.</summary>
public sealed class RfcVectorTests
{
    private const string Payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    // A.1
    private const string HmacSecret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    private const string HmacToken = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + Payload + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    // A.2
    private const string RsaKey =
        """
        {"kty":"RSA","use":"sig","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}
        """;

    private const string RsaToken =
        "eyJhbGciOiJSUzI1NiJ9." + Payload + ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

    // A.3
    private const string EcKey =
        """{"kty":"EC","use":"sig","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""";

    private const string EcToken =
        "eyJhbGciOiJFUzI1NiJ9." + Payload + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    [Fact]
    public void A_1_verifies_with_the_kind_of_key_that_our_own_tokens_have()
    {
        Assert.True(StrictBase64Url.TryDecode(HmacSecret, out var secret));
        var token = SignedToken.Open(HmacToken).Token!;

        Assert.Equal("HS256", token.Algorithm);
        Assert.True(new HmacKey("a1", secret, until: null).Verifies(token.Signed, token.Signature));
        Assert.Equal(("joe", 1300819380L), (token.ReadPayload()!.Value.Text("iss"), token.ReadPayload()!.Value.Number("exp")));
    }

    [Theory]
    [InlineData(RsaKey, RsaToken, "RS256")]
    [InlineData(EcKey, EcToken, "ES256")]
    public void A_2_and_A_3_verify(string key, string text, string algorithm)
    {
        var token = SignedToken.Open(text).Token!;
        var found = KeySet.Parse(Encoding.UTF8.GetBytes($"{{\"keys\":[{key}]}}"))!.Find(null)!;

        Assert.Equal((algorithm, algorithm), (token.Algorithm, found.Algorithm));
        Assert.True(found.Verifies(token.Signed, token.Signature));
        Assert.False(found.Verifies([.. token.Signed, 0], token.Signature));
    }

    [Theory]
    [InlineData(RsaKey, RsaToken)]
    [InlineData(EcKey, EcToken)]
    public async Task And_are_then_refused_because_they_have_expired(string key, string token)
    {
        await using var issuer = new TestIssuer();
        issuer.Published = $"{{\"keys\":[{key}]}}";
        issuer.Rules = issuer.Rules with { Issuers = ["joe"], Audience = null, Nonce = null };

        Assert.Equal(TokenRefusal.Expired, await issuer.RefusalAsync(token));
    }

    [Theory]
    [InlineData(EcKey, RsaToken)]
    [InlineData(RsaKey, EcToken)]
    [InlineData(RsaKey, HmacToken)]
    public async Task And_not_with_the_key_of_another(string key, string token)
    {
        await using var issuer = new TestIssuer();
        issuer.Published = $"{{\"keys\":[{key}]}}";

        Assert.NotEqual(TokenRefusal.Expired, await issuer.RefusalAsync(token));
    }
}
