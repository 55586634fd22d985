using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AIMake.Accounts.Tokens;
using static AIMake.Tests.Accounts.Jwt.TestIssuer;

namespace AIMake.Tests.Accounts.Jwt;

/// <summary>Attacks on tokens that others sign. Forgeries are signed with the issuer's real key wherever that makes the attack stronger.</summary>
public sealed class ForeignTokenVerifierTests : IAsyncLifetime
{
    private readonly TestIssuer _issuer = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _issuer.DisposeAsync();

    [Fact]
    public async Task A_token_of_the_issuer_says_who_it_is_about_by_either_algorithm()
    {
        var rsa = await _issuer.ClaimsAsync(_issuer.Sign(Header(), _issuer.Payload()));
        var ec = await _issuer.ClaimsAsync(_issuer.SignEc(Header("ES256", "ec"), _issuer.Payload()));

        Assert.All([rsa, ec], claims => Assert.Equal((Issuer, "subject-1", "ada@example.com"), (claims.Issuer, claims.Subject, claims.All.Text("email"))));
        Assert.Equal(1, _issuer.Fetches);
    }

    /// <summary>S01.</summary>
    [Theory]
    [InlineData("none")]
    [InlineData("nOnE")]
    [InlineData("NONE")]
    [InlineData("")]
    [InlineData("rs256")]
    [InlineData("RS256 ")]
    [InlineData("RS384")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("ES384")]
    [InlineData("ES256K")]
    [InlineData("HS256")]
    [InlineData("EdDSA")]
    public async Task S01_no_other_algorithm_is_understood(string algorithm)
    {
        Assert.Equal(TokenRefusal.Algorithm, await _issuer.RefusalAsync(_issuer.Sign(Header(algorithm), _issuer.Payload())));
        Assert.Equal(0, _issuer.Fetches);
    }

    /// <summary>S01, RFC 7515 A.5.</summary>
    [Fact]
    public async Task S01_an_unsecured_token_and_an_empty_signature_are_refused()
    {
        const string rfc = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";
        var token = _issuer.Sign(Header(), _issuer.Payload());

        Assert.Equal(TokenRefusal.Encoding, await _issuer.RefusalAsync(rfc));
        Assert.Equal(TokenRefusal.Algorithm, await _issuer.RefusalAsync(rfc + "AA"));
        Assert.Equal(TokenRefusal.Encoding, await _issuer.RefusalAsync(token[..(token.LastIndexOf('.') + 1)]));
        Assert.Null(await _issuer.RefusalAsync(token));
    }

    /// <summary>S02: an algorithm of secrets, with the public key for a secret.</summary>
    [Fact]
    public async Task S02_a_public_key_is_no_secret_to_sign_with()
    {
        byte[][] secrets =
        [
            Encoding.ASCII.GetBytes(_issuer.Rsa.ExportSubjectPublicKeyInfoPem()), _issuer.Rsa.ExportSubjectPublicKeyInfo(), _issuer.Rsa.ExportRSAPublicKey(),
            Encoding.ASCII.GetBytes(Jwk(_issuer.Rsa, "rsa").ToJsonString()), _issuer.Rsa.ExportParameters(false).Modulus!,
            Encoding.ASCII.GetBytes(_issuer.Ec.ExportSubjectPublicKeyInfoPem()), _issuer.Ec.ExportSubjectPublicKeyInfo(),
        ];
        foreach (var secret in secrets)
        {
            foreach (var algorithm in new[] { "HS256", "RS256", "ES256" })
            {
                var forged = Sign(Header(algorithm, algorithm == "ES256" ? "ec" : "rsa"), _issuer.Payload(), message => HMACSHA256.HashData(secret, message));
                Assert.Contains(await _issuer.RefusalAsync(forged), new TokenRefusal?[] { TokenRefusal.Algorithm, TokenRefusal.Signature });
            }
        }
    }

    [Fact]
    public async Task A_key_answers_to_its_own_algorithm_only()
    {
        Assert.Equal(TokenRefusal.Algorithm, await _issuer.RefusalAsync(_issuer.Sign(Header("ES256"), _issuer.Payload())));
        Assert.Equal(TokenRefusal.Algorithm, await _issuer.RefusalAsync(_issuer.SignEc(Header("RS256", "ec"), _issuer.Payload())));
        Assert.Equal(TokenRefusal.Signature, await _issuer.RefusalAsync(Sign(Header(), _issuer.Payload(), m => _issuer.Rsa.SignData(m, HashAlgorithmName.SHA256, RSASignaturePadding.Pss))));
    }

    /// <summary>S03.</summary>
    [Theory]
    [InlineData("jwk")]
    [InlineData("jku")]
    [InlineData("x5u")]
    [InlineData("x5c")]
    [InlineData("crit")]
    [InlineData("b64")]
    [InlineData("zip")]
    [InlineData("enc")]
    public async Task S03_headers_that_bring_keys_or_rules_along_are_refused_unasked(string name)
    {
        var header = Header();
        header[name] = "https://attacker.example/keys";

        Assert.Equal(TokenRefusal.ForbiddenHeader, await _issuer.RefusalAsync(_issuer.Sign(header, _issuer.Payload())));
        Assert.Equal(0, _issuer.Fetches);
    }

    /// <summary>S03.</summary>
    [Theory]
    [InlineData("../../dev/null")]
    [InlineData("' OR 1=1--")]
    [InlineData("")]
    [InlineData("rsa\0")]
    [InlineData("rsa ")]
    [InlineData("钥匙")]
    public async Task S03_a_key_id_that_is_none_is_not_asked_about(string kid)
    {
        Assert.Equal(TokenRefusal.KeyId, await _issuer.RefusalAsync(_issuer.Sign(Header(kid: kid), _issuer.Payload())));
        Assert.Equal(0, _issuer.Fetches);
    }

    [Fact]
    public async Task S03_a_key_id_is_matched_exactly_and_has_a_length()
    {
        Assert.Equal(TokenRefusal.KeyId, await _issuer.RefusalAsync(_issuer.Sign(Header(kid: "RSA"), _issuer.Payload())));
        Assert.Equal(TokenRefusal.KeyId, await _issuer.RefusalAsync(_issuer.Sign(Header(kid: new string('k', 65)), _issuer.Payload())));
        Assert.Equal(TokenRefusal.Header, await _issuer.RefusalAsync(_issuer.Sign(Header(kid: new string('k', 2000)), _issuer.Payload())));
        Assert.Equal(TokenRefusal.Shape, await _issuer.RefusalAsync(_issuer.Sign(Header(kid: new string('k', 1_000_000)), _issuer.Payload())));
        Assert.Equal(TokenRefusal.KeyId, await _issuer.RefusalAsync(_issuer.Sign(Header(kid: null), _issuer.Payload()))); // which of the two?
        var header = Header();
        header["kid"] = 7;
        Assert.Equal(TokenRefusal.KeyId, await _issuer.RefusalAsync(_issuer.Sign(header, _issuer.Payload())));
    }

    [Fact]
    public async Task A_token_that_names_no_key_is_understood_of_an_issuer_with_one()
    {
        _issuer.Published = Set(Jwk(_issuer.Rsa, "only"));

        Assert.Null(await _issuer.RefusalAsync(_issuer.Sign(Header(kid: null), _issuer.Payload())));
    }

    /// <summary>S04.</summary>
    [Fact]
    public async Task S04_a_token_has_one_spelling()
    {
        var token = _issuer.Sign(Header(), _issuer.Payload());
        var parts = token.Split('.');
        string[] respelled =
        [
            token + "=", token + "==", token + "%%", token + " ", " " + token, token + "\n", token + "\r\n",
            parts[0] + "=." + parts[1] + "." + parts[2], $"{parts[0]}\n.{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}.{parts[2][..10]} {parts[2][10..]}",
            token.Replace('_', '/'), token[..^1] + "é",
        ];
        string[] reshaped = [token + ".x", token + ".x.y", parts[0] + "." + parts[1], "", new('a', 9_000),
            new JsonObject { ["payload"] = parts[1], ["protected"] = parts[0], ["signature"] = parts[2] }.ToJsonString()];

        foreach (var other in respelled.Where(t => t != token)) Assert.Equal(TokenRefusal.Encoding, await _issuer.RefusalAsync(other));
        foreach (var other in reshaped) Assert.Equal(TokenRefusal.Shape, await _issuer.RefusalAsync(other));
        Assert.Null(await _issuer.RefusalAsync(token));
    }

    [Theory]
    [InlineData("""{"alg":"none","alg":"RS256","kid":"rsa"}""")]
    [InlineData("""{"alg":"RS256","\u0061lg":"none","kid":"rsa"}""")]
    [InlineData("""{"alg":"RS256","kid":"rsa","a":{"b":{"c":1}}}""")]
    [InlineData("""["RS256"]""")]
    [InlineData("null")]
    public async Task A_header_is_one_small_flat_object(string header) =>
        Assert.Equal(TokenRefusal.Header, await _issuer.RefusalAsync(Sign(header, _issuer.Payload().ToJsonString(), m => _issuer.Rsa.SignData(m, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))));

    [Fact]
    public async Task The_signature_is_looked_at_before_the_payload()
    {
        var broken = Sign(Header().ToJsonString(), "{\"exp\":", m => new byte[256]);
        var signed = Sign(Header().ToJsonString(), "{\"exp\":", m => _issuer.Rsa.SignData(m, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        Assert.Equal(TokenRefusal.Signature, await _issuer.RefusalAsync(broken));
        Assert.Equal(TokenRefusal.Payload, await _issuer.RefusalAsync(signed));
    }

    [Fact]
    public async Task One_changed_character_anywhere_is_noticed()
    {
        var token = _issuer.SignEc(Header("ES256", "ec"), _issuer.Payload());
        for (var i = 0; i < token.Length; i += 7)
        {
            if (token[i] == '.') continue;
            Assert.NotNull(await _issuer.RefusalAsync($"{token[..i]}{(token[i] == 'A' ? 'B' : 'A')}{token[(i + 1)..]}"));
        }
    }

    /// <summary>S06.</summary>
    [Fact]
    public async Task S06_it_works_until_a_minute_after_its_expiry()
    {
        var token = _issuer.Sign(Header(), _issuer.Payload());

        _issuer.Clock.Advance(TimeSpan.FromSeconds(3659));
        Assert.Null(await _issuer.RefusalAsync(token));
        _issuer.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenRefusal.Expired, await _issuer.RefusalAsync(token));
    }

    /// <summary>S06, and the nonce and party of ID tokens.</summary>
    [Theory]
    [InlineData("iss", "\"https://issuer.example/\"", TokenRefusal.Issuer)]
    [InlineData("iss", "\"https://ISSUER.example\"", TokenRefusal.Issuer)]
    [InlineData("iss", "[\"https://issuer.example\"]", TokenRefusal.Issuer)]
    [InlineData("iss", null, TokenRefusal.Issuer)]
    [InlineData("aud", "\"somebody-else\"", TokenRefusal.Audience)]
    [InlineData("aud", "[]", TokenRefusal.Audience)]
    [InlineData("aud", null, TokenRefusal.Audience)]
    [InlineData("aud", "[\"aimake-client\",\"somebody-else\"]", TokenRefusal.AuthorizedParty)]
    [InlineData("azp", "\"somebody-else\"", TokenRefusal.AuthorizedParty)]
    [InlineData("azp", "7", TokenRefusal.AuthorizedParty)]
    [InlineData("exp", "null", TokenRefusal.Payload)]
    [InlineData("exp", "\"99999999999\"", TokenRefusal.Payload)]
    [InlineData("exp", "1e12", TokenRefusal.Payload)]
    [InlineData("exp", "253402300800", TokenRefusal.Payload)]
    [InlineData("exp", "-1", TokenRefusal.Payload)]
    [InlineData("exp", "1.5", TokenRefusal.Payload)]
    [InlineData("exp", null, TokenRefusal.Payload)]
    [InlineData("iat", null, TokenRefusal.Payload)]
    [InlineData("nbf", "\"now\"", TokenRefusal.Payload)]
    [InlineData("sub", "\"\"", TokenRefusal.Subject)]
    [InlineData("sub", "7", TokenRefusal.Subject)]
    [InlineData("sub", null, TokenRefusal.Subject)]
    [InlineData("nonce", "\"another\"", TokenRefusal.Nonce)]
    [InlineData("nonce", "\"\"", TokenRefusal.Nonce)]
    [InlineData("nonce", null, TokenRefusal.Nonce)]
    internal async Task S06_claims_are_exact(string name, string? value, TokenRefusal refusal)
    {
        var payload = _issuer.Payload();
        if (value is null) payload.Remove(name);
        else payload[name] = JsonNode.Parse(value);

        Assert.Equal(refusal, await _issuer.RefusalAsync(_issuer.Sign(Header(), payload)));
    }

    [Fact]
    public async Task S06_the_legal_neighbours_pass()
    {
        foreach (var (name, value) in new[] { ("aud", "[\"aimake-client\"]"), ("azp", "\"aimake-client\""), ("nbf", $"{_issuer.Now + 60}"), ("iat", $"{_issuer.Now + 60}") })
        {
            var payload = _issuer.Payload();
            payload[name] = JsonNode.Parse(value);
            Assert.Null(await _issuer.RefusalAsync(_issuer.Sign(Header(), payload)));
        }

        Assert.Null(await _issuer.RefusalAsync(_issuer.Sign(Header(typ: null), _issuer.Payload())));
        Assert.Null(await _issuer.RefusalAsync(_issuer.Sign(Header(typ: "jwt"), _issuer.Payload())));
    }

    [Fact]
    public async Task S06_tokens_from_the_future_too_long_or_of_another_kind_are_refused()
    {
        Assert.Equal(TokenRefusal.NotYetValid, await RefusalAsync(("nbf", _issuer.Now + 61)));
        Assert.Equal(TokenRefusal.NotYetValid, await RefusalAsync(("iat", _issuer.Now + 61)));
        Assert.Equal(TokenRefusal.Lifetime, await RefusalAsync(("exp", _issuer.Now + 86_401)));
        Assert.Equal(TokenRefusal.Lifetime, await RefusalAsync(("exp", _issuer.Now)));
        foreach (var type in new[] { "at+jwt", "reset+jwt", "", "JWT " })
        {
            Assert.Equal(TokenRefusal.Type, await _issuer.RefusalAsync(_issuer.Sign(Header(typ: type), _issuer.Payload())));
        }
    }

    /// <summary>S08: an all-zero signature, the other encoding of one, and other lengths.</summary>
    [Fact]
    public async Task S08_signatures_have_one_form()
    {
        var (header, payload) = (Header("ES256", "ec"), _issuer.Payload());
        var order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        Func<byte[], byte[]>[] forgeries =
        [
            _ => new byte[64],
            _ => [.. order, .. order],
            _ => [.. new byte[31], 1, .. new byte[32]],
            m => _issuer.Ec.SignData(m, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence),
            m => [.. _issuer.Ec.SignData(m, HashAlgorithmName.SHA256), 0],
            m => [0, .. _issuer.Ec.SignData(m, HashAlgorithmName.SHA256)],
            m => _issuer.Ec.SignData(m, HashAlgorithmName.SHA256)[..63],
            m => _issuer.Ec.SignData(m, HashAlgorithmName.SHA384),
        ];
        foreach (var forge in forgeries) Assert.Equal(TokenRefusal.Signature, await _issuer.RefusalAsync(Sign(header, payload, forge)));
        Assert.Equal(TokenRefusal.Signature, await _issuer.RefusalAsync(Sign(Header(), payload, m => [0, .. _issuer.Rsa.SignData(m, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)])));
        Assert.Equal(TokenRefusal.Signature, await _issuer.RefusalAsync(Sign(Header(), payload, _ => new byte[256])));
        Assert.Null(await _issuer.RefusalAsync(_issuer.SignEc(header, payload)));
    }

    private Task<TokenRefusal?> RefusalAsync((string Name, long Value) change)
    {
        var payload = _issuer.Payload();
        payload[change.Name] = change.Value;
        return _issuer.RefusalAsync(_issuer.Sign(Header(), payload));
    }
}
