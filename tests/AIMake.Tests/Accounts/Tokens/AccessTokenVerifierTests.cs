using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Secrets;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Accounts.Tokens;

/// <summary>Attacks on access tokens. Forgeries here are signed with the real key wherever that makes the attack stronger.</summary>
public sealed class AccessTokenVerifierTests
{
    private static readonly Guid User = Guid.CreateVersion7();
    private static readonly Guid Session = Guid.CreateVersion7();
    private readonly ManualTime _clock = new();
    private readonly SecretKeys _keys;
    private readonly AccessTokens _tokens;
    private readonly AccessTokenVerifier _verifier;

    public AccessTokenVerifierTests()
    {
        _keys = new SecretKeys(RandomNumberGenerator.GetBytes(32), [], _clock);
        _tokens = new AccessTokens(_keys, _clock);
        _verifier = new AccessTokenVerifier(_keys, _clock);
    }

    [Fact]
    public void An_issued_token_says_who_it_is_for()
    {
        var (claims, refusal) = _verifier.Verify(Issue());

        Assert.Null(refusal);
        Assert.Equal((User, Session, 3), (claims!.UserId, claims.SessionId, claims.Epoch));
    }

    [Fact]
    public void A_token_forged_with_nothing_changed_passes_so_that_the_refusals_below_mean_something() =>
        Assert.Null(Refusal(Forge(Header(), Payload())));

    [Theory]
    [InlineData("none")]
    [InlineData("nOnE")]
    [InlineData("NONE")]
    [InlineData("")]
    [InlineData("hs256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    [InlineData("RS256")]
    [InlineData("ES256")]
    [InlineData("HS256 ")]
    public void No_other_algorithm_is_understood(string algorithm) =>
        Assert.Equal(TokenRefusal.Algorithm, Refusal(Forge(Header(alg: algorithm), Payload())));

    [Fact]
    public void The_unsecured_example_of_RFC_7515_and_an_empty_signature_are_refused()
    {
        const string rfc = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";

        Assert.Equal(TokenRefusal.Encoding, Refusal(rfc));
        Assert.Equal(TokenRefusal.Encoding, Refusal(Issue()[..(Issue().LastIndexOf('.') + 1)]));
    }

    [Fact]
    public void The_HMAC_example_of_RFC_7515_is_not_for_us()
    {
        const string rfc = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

        Assert.Equal(TokenRefusal.Type, Refusal(rfc));
    }

    [Fact]
    public void Public_keys_of_others_are_no_secrets_to_sign_with()
    {
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[][] keys =
        [
            Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()), rsa.ExportSubjectPublicKeyInfo(), rsa.ExportRSAPublicKey(),
            Encoding.ASCII.GetBytes(ec.ExportSubjectPublicKeyInfoPem()), ec.ExportSubjectPublicKeyInfo(), [], new byte[32],
        ];

        Assert.All(keys, key => Assert.Equal(TokenRefusal.Signature, Refusal(Forge(Header(), Payload(), key))));
    }

    [Fact]
    public void A_name_with_half_a_surrogate_pair_is_a_broken_header()
    {
        var header = Convert.ToBase64String("""{"\ud83d":1,"alg":"HS256"}"""u8).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var token = Forge(Header(), Payload());
        Assert.Equal(TokenRefusal.Header, Refusal(header + token[token.IndexOf('.', StringComparison.Ordinal)..]));
    }

    [Theory]
    [InlineData("jwk")]
    [InlineData("jku")]
    [InlineData("x5u")]
    [InlineData("x5c")]
    [InlineData("crit")]
    [InlineData("b64")]
    [InlineData("zip")]
    [InlineData("enc")]
    public void Headers_that_bring_keys_or_rules_along_are_refused(string name)
    {
        var header = Header();
        header[name] = "x";

        Assert.Equal(TokenRefusal.ForbiddenHeader, Refusal(Forge(header, Payload())));
    }

    [Theory]
    [InlineData("../../dev/null")]
    [InlineData("' OR 1=1--")]
    [InlineData("")]
    [InlineData("unknown")]
    public void A_key_id_is_looked_up_exactly(string kid) =>
        Assert.Equal(TokenRefusal.KeyId, Refusal(Forge(Header(kid: kid), Payload())));

    [Fact]
    public void A_key_id_that_is_huge_or_no_text_is_refused()
    {
        Assert.Equal(TokenRefusal.KeyId, Refusal(Forge(Header(kid: new string('k', 500)), Payload())));
        Assert.Equal(TokenRefusal.Header, Refusal(Forge(Header(kid: new string('k', 2000)), Payload())));
        var header = Header();
        header["kid"] = 7;
        Assert.Equal(TokenRefusal.KeyId, Refusal(Forge(header, Payload())));
        header["kid"] = null;
        Assert.Equal(TokenRefusal.KeyId, Refusal(Forge(header, Payload())));
    }

    [Fact]
    public void A_token_has_one_spelling()
    {
        var token = Issue();
        var parts = token.Split('.');
        string[] respelled =
        [
            token + "=", token + "==", token + "%%", token + " ", " " + token, token + "\n", token.Replace(".", ". ", StringComparison.Ordinal),
            parts[0] + "=." + parts[1] + "." + parts[2], $"{parts[0]}\n.{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}.{parts[2][..10]} {parts[2][10..]}",
        ];

        Assert.All(respelled, t => Assert.Equal(TokenRefusal.Encoding, Refusal(t)));
    }

    [Fact]
    public void Stray_bits_at_the_end_of_the_signature_are_refused()
    {
        var token = Issue();
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var twin = token[..^1] + alphabet[alphabet.IndexOf(token[^1], StringComparison.Ordinal) ^ 1]; // decodes to the same 32 bytes

        Assert.Equal(TokenRefusal.Encoding, Refusal(twin));
    }

    [Fact]
    public void Other_shapes_are_refused()
    {
        var token = Issue();
        var parts = token.Split('.');
        Assert.Equal(TokenRefusal.Shape, Refusal(token + ".x"));
        Assert.Equal(TokenRefusal.Shape, Refusal(token + ".x.y"));
        Assert.Equal(TokenRefusal.Shape, Refusal(parts[0] + "." + parts[1]));
        Assert.Equal(TokenRefusal.Shape, Refusal(JsonSerializer.Serialize(new { payload = parts[1], @protected = parts[0], signature = parts[2] })));
        Assert.Equal(TokenRefusal.Shape, Refusal(new string('a', 9_000)));
        Assert.Equal(TokenRefusal.Shape, Refusal(""));
        Assert.Equal(TokenRefusal.Encoding, Refusal(".."));
    }

    [Theory]
    [InlineData("""{"alg":"none","alg":"HS256","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"HS256","\u0061lg":"none","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"HS256","typ":"at+jwt","a":{"b":{"c":1}}}""")]
    [InlineData("""["HS256"]""")]
    [InlineData("""{"alg":"HS256","typ":"at+jwt"} """ + "x")]
    [InlineData("""{"alg":"HS256",}""")]
    [InlineData("null")]
    public void A_header_is_one_small_flat_object(string header) =>
        Assert.Equal(TokenRefusal.Header, Refusal(Sign(Encoding.UTF8.GetBytes(header), Bytes(Payload()))));

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        Assert.Equal(TokenRefusal.Header, Refusal(Sign([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d], Bytes(Payload()))));

    [Fact]
    public void One_flipped_bit_anywhere_is_noticed()
    {
        var token = Issue();
        var payload = token.IndexOf('.', StringComparison.Ordinal) + 1;

        for (var i = payload; i < token.LastIndexOf('.'); i++)
        {
            var other = token[i] == 'A' ? 'B' : 'A';
            Assert.NotNull(Refusal($"{token[..i]}{other}{token[(i + 1)..]}"));
        }
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("at+JWT")]
    [InlineData("id+jwt")]
    [InlineData("reset+jwt")]
    public void A_token_of_another_kind_is_refused(string type) => Assert.Equal(TokenRefusal.Type, Refusal(Forge(Header(typ: type), Payload())));

    [Fact]
    public void It_works_until_a_minute_after_its_expiry()
    {
        var token = Issue();

        _clock.Advance(AccessTokens.Life + TimeSpan.FromSeconds(59));
        Assert.Null(Refusal(token));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenRefusal.Expired, Refusal(token));
    }

    [Fact]
    public void A_token_from_the_future_or_with_a_long_life_is_refused()
    {
        Assert.Equal(TokenRefusal.NotYetValid, Refusal(Forge(Header(), Payload(("nbf", Now + 61)))));
        Assert.Equal(TokenRefusal.NotYetValid, Refusal(Forge(Header(), Payload(("iat", Now + 61), ("exp", Now + 900)))));
        Assert.Equal(TokenRefusal.Lifetime, Refusal(Forge(Header(), Payload(("exp", Now + 901)))));
        Assert.Equal(TokenRefusal.Lifetime, Refusal(Forge(Header(), Payload(("exp", Now)))));
    }

    [Theory]
    [InlineData("exp", "1e3")]
    [InlineData("exp", "\"99999999999\"")]
    [InlineData("exp", "-1")]
    [InlineData("exp", "253402300800")]
    [InlineData("exp", "9223372036854775808")]
    [InlineData("exp", "null")]
    [InlineData("exp", "1.5")]
    [InlineData("iat", "\"now\"")]
    [InlineData("nbf", "{}")]
    public void Times_are_whole_seconds(string name, string value)
    {
        var payload = Payload();
        payload[name] = JsonNode.Parse(value);

        Assert.Equal(TokenRefusal.Payload, Refusal(Forge(Header(), payload)));
    }

    [Theory]
    [InlineData("iss", "\"AIMake\"", TokenRefusal.Issuer)]
    [InlineData("iss", "\"https://aimake\"", TokenRefusal.Issuer)]
    [InlineData("iss", "[\"aimake\"]", TokenRefusal.Issuer)]
    [InlineData("aud", "\"aimake\"", TokenRefusal.Audience)]
    [InlineData("aud", "[]", TokenRefusal.Audience)]
    [InlineData("aud", "{\"aimake-api\":1}", TokenRefusal.Audience)]
    [InlineData("sub", "\"\"", TokenRefusal.Subject)]
    [InlineData("sub", "7", TokenRefusal.Subject)]
    [InlineData("sid", "null", TokenRefusal.Subject)]
    [InlineData("jti", "\"x\"", TokenRefusal.Subject)]
    [InlineData("sv", "0", TokenRefusal.Subject)]
    [InlineData("sv", "\"3\"", TokenRefusal.Subject)]
    [InlineData("sv", "2147483648", TokenRefusal.Subject)]
    internal void Claims_are_exact(string name, string value, TokenRefusal refusal)
    {
        var payload = Payload();
        payload[name] = JsonNode.Parse(value);

        Assert.Equal(refusal, Refusal(Forge(Header(), payload)));
    }

    [Theory]
    [InlineData("iss")]
    [InlineData("aud")]
    [InlineData("sub")]
    [InlineData("sid")]
    [InlineData("jti")]
    [InlineData("iat")]
    [InlineData("nbf")]
    [InlineData("exp")]
    [InlineData("sv")]
    public void No_claim_may_be_missing(string name)
    {
        var payload = Payload();
        payload.Remove(name);

        Assert.NotNull(Refusal(Forge(Header(), payload)));
    }

    [Fact]
    public void An_audience_among_several_counts()
    {
        var payload = Payload();
        payload["aud"] = new JsonArray("other", AccessTokens.Audience);

        Assert.Null(Refusal(Forge(Header(), payload)));
    }

    [Fact]
    public void A_payload_with_a_claim_twice_or_beyond_measure_is_refused()
    {
        var twice = Encoding.UTF8.GetBytes(Payload().ToJsonString()[..^1] + ",\"sub\":\"x\"}");
        var huge = Payload();
        huge["x"] = new string('x', 7_000);

        Assert.Equal(TokenRefusal.Payload, Refusal(Sign(Bytes(Header()), twice)));
        Assert.NotNull(Refusal(Forge(Header(), huge)));
    }

    [Fact]
    public void After_a_rotation_the_old_key_verifies_for_a_while_and_signs_nothing()
    {
        byte[] old = RandomNumberGenerator.GetBytes(32), fresh = RandomNumberGenerator.GetBytes(32);
        var before = new AccessTokens(new SecretKeys(old, [], _clock), _clock).Issue(User, Session, 3).Token;
        var keys = new SecretKeys(fresh, [old], _clock);
        var verifier = new AccessTokenVerifier(keys, _clock);

        Assert.Null(verifier.Verify(before).Refusal);
        Assert.Equal(TokenRefusal.KeyId, _verifier.Verify(before).Refusal);
        Assert.Equal(TokenRefusal.KeyId, Refusal(new AccessTokens(keys, _clock).Issue(User, Session, 3).Token));
        _clock.Advance(TimeSpan.FromMinutes(17));
        Assert.Equal(TokenRefusal.KeyId, verifier.Verify(before).Refusal);
    }

    [Fact]
    public void Signing_keys_of_other_purposes_do_not_verify()
    {
        var header = Header(kid: _keys.SignedUrls.Signer.Kid);
        var signed = $"{Base64Url.EncodeToString(Bytes(header))}.{Base64Url.EncodeToString(Bytes(Payload()))}";

        Assert.Equal(TokenRefusal.KeyId, Refusal($"{signed}.{Base64Url.EncodeToString(_keys.SignedUrls.Signer.Sign(Encoding.ASCII.GetBytes(signed)))}"));
    }

    private long Now => _clock.GetUtcNow().ToUnixTimeSeconds();

    private string Issue() => _tokens.Issue(User, Session, 3).Token;

    private TokenRefusal? Refusal(string token) => _verifier.Verify(token).Refusal;

    private JsonObject Header(string alg = "HS256", string typ = "at+jwt", string? kid = null) =>
        new() { ["alg"] = alg, ["typ"] = typ, ["kid"] = kid ?? _keys.AccessTokens.Signer.Kid };

    private JsonObject Payload(params (string Name, long Value)[] changes)
    {
        var payload = new JsonObject
        {
            ["iss"] = AccessTokens.Issuer,
            ["aud"] = AccessTokens.Audience,
            ["sub"] = User.ToString(),
            ["sid"] = Session.ToString(),
            ["jti"] = Guid.CreateVersion7().ToString(),
            ["iat"] = Now,
            ["nbf"] = Now,
            ["exp"] = Now + 900,
            ["sv"] = 3,
        };
        foreach (var (name, value) in changes)
        {
            payload[name] = value;
        }

        return payload;
    }

    private string Forge(JsonObject header, JsonObject payload, byte[]? key = null) => Sign(Bytes(header), Bytes(payload), key);

    private string Sign(byte[] header, byte[] payload, byte[]? key = null)
    {
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        return $"{signed}.{Base64Url.EncodeToString(key is null ? _keys.AccessTokens.Signer.Sign(bytes) : HMACSHA256.HashData(key, bytes))}";
    }

    private static byte[] Bytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());
}
