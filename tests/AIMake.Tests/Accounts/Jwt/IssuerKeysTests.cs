using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AIMake.Accounts.Jwt;
using AIMake.Accounts.Tokens;
using static AIMake.Tests.Accounts.Jwt.TestIssuer;

namespace AIMake.Tests.Accounts.Jwt;

/// <summary>S08: what an issuer publishes, how often it is asked, and how long its answer is believed.</summary>
public sealed class IssuerKeysTests : IAsyncLifetime
{
    private readonly TestIssuer _issuer = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _issuer.DisposeAsync();

    [Fact]
    public async Task S08_a_flood_of_unknown_key_ids_is_one_fetch_in_five_minutes()
    {
        var token = Token();
        Assert.Null(await _issuer.RefusalAsync(token));
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => RefusedAsync($"unknown-{i}")));
        Assert.Equal(1, _issuer.Fetches);

        _issuer.Clock.Advance(IssuerKeys.Pause);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => RefusedAsync($"unknown-{i}")));
        Assert.Equal(2, _issuer.Fetches);
        Assert.Null(await _issuer.RefusalAsync(Token()));
    }

    [Fact]
    public async Task A_flood_before_the_first_set_is_one_fetch_as_well()
    {
        var token = Token();
        var refusals = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _issuer.RefusalAsync(token)));

        Assert.All(refusals, Assert.Null);
        Assert.Equal(1, _issuer.Fetches);
    }

    [Fact]
    public async Task A_key_that_was_changed_is_found_and_the_old_one_is_no_longer_believed()
    {
        var old = Token();
        Assert.Null(await _issuer.RefusalAsync(old));
        using var next = RSA.Create(2048);
        _issuer.Published = Set(Jwk(next, "next"));
        _issuer.Clock.Advance(IssuerKeys.Pause);

        Assert.Null(await _issuer.RefusalAsync(Sign(Header(kid: "next"), _issuer.Payload(), m => next.SignData(m, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))));
        Assert.Equal(TokenRefusal.KeyId, await _issuer.RefusalAsync(old));
    }

    [Fact]
    public async Task A_set_is_asked_for_again_after_an_hour()
    {
        Assert.Null(await _issuer.RefusalAsync(Token()));
        _issuer.Clock.Advance(IssuerKeys.Fresh - TimeSpan.FromSeconds(1));
        Assert.Null(await _issuer.RefusalAsync(Token()));
        Assert.Equal(1, _issuer.Fetches);
        _issuer.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await _issuer.RefusalAsync(Token()));
        await _issuer.RenewedAsync();
        Assert.Equal(2, _issuer.Fetches);
    }

    [Fact]
    public async Task Nobody_waits_for_an_issuer_whose_key_is_known_and_the_new_set_counts_when_it_has_come()
    {
        var token = Token();
        Assert.Null(await _issuer.RefusalAsync(token));
        _issuer.Published = Set();
        _issuer.Hold();
        _issuer.Clock.Advance(IssuerKeys.Fresh);

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _issuer.RefusalAsync(token))), Assert.Null); // while nothing is answered
        _issuer.Release();
        await _issuer.RenewedAsync();

        Assert.Equal(2, _issuer.Fetches);
        Assert.Equal(TokenRefusal.KeyId, await _issuer.RefusalAsync(token));
    }

    [Fact]
    public async Task While_the_issuer_is_away_its_keys_are_believed_for_a_day()
    {
        Assert.Null(await _issuer.RefusalAsync(Token()));
        _issuer.Silent = true;
        _issuer.Clock.Advance(IssuerKeys.Stale - TimeSpan.FromSeconds(1));
        Assert.Null(await _issuer.RefusalAsync(Token()));
        await _issuer.RenewedAsync();
        Assert.Null(await _issuer.RefusalAsync(Token()));
        Assert.Equal(2, _issuer.Fetches); // and it is not asked for every token

        _issuer.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenRefusal.KeyId, await _issuer.RefusalAsync(Token()));
        _issuer.Silent = false;
        _issuer.Clock.Advance(IssuerKeys.Retry);
        Assert.Null(await _issuer.RefusalAsync(Token()));
    }

    [Fact]
    public async Task S08_a_set_with_too_much_in_it_is_none()
    {
        foreach (var published in new[]
                 {
                     Set([.. Enumerable.Range(0, 1000).Select(i => Jwk(_issuer.Rsa, $"key-{i}")), Jwk(_issuer.Rsa, "rsa")]),
                     Set([.. Enumerable.Range(0, KeySet.MaxKeys).Select(i => new JsonObject { ["kid"] = $"{i}" }), Jwk(_issuer.Rsa, "rsa")]),
                     new string(' ', 10_000_000) + Set(Jwk(_issuer.Rsa, "rsa")),
                     new string(' ', 70_000) + Set(Jwk(_issuer.Rsa, "rsa")),
                     "", "null", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[],\"keys\":[]}", "<html>",
                 })
        {
            await using var issuer = new TestIssuer { Published = published };
            Assert.Equal(TokenRefusal.KeyId, await issuer.RefusalAsync(issuer.Sign(Header(), issuer.Payload())));
            Assert.Equal(TokenRefusal.KeyId, await issuer.RefusalAsync(issuer.Sign(Header(), issuer.Payload())));
            Assert.Equal(1, issuer.Fetches);
        }
    }

    [Fact]
    public async Task A_set_of_twenty_keys_in_64_KB_is_read()
    {
        _issuer.Published = new string(' ', 50_000) + Set([.. Enumerable.Range(1, KeySet.MaxKeys - 1).Select(i => new JsonObject { ["kid"] = $"{i}" }), Jwk(_issuer.Rsa, "rsa")]);

        Assert.Null(await _issuer.RefusalAsync(Token()));
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_a_failure_is_no_set()
    {
        foreach (var answer in new[] { "HTTP/1.1 302 Found\r\nLocation: https://attacker.example/keys\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n" })
        {
            await using var issuer = new TestIssuer { Answer = answer };
            Assert.Equal(TokenRefusal.KeyId, await issuer.RefusalAsync(issuer.Sign(Header(), issuer.Payload())));
        }
    }

    /// <summary>S08, each beside the set that would have been right.</summary>
    [Fact]
    public async Task S08_weak_or_unfit_keys_are_not_there()
    {
        using var small = RSA.Create(1024);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var other = RSA.Create(2048);
        JsonObject[] unfit =
        [
            Changed("use", "enc"), Without("use"), Changed("alg", "RS512"), Changed("alg", "HS256"), Changed("kty", "oct"), Changed("kty", "rsa"),
            Changed("e", "Aw"), Changed("e", "AQAA"), Changed("e", "AAEAAQ"), Changed("key_ops", new JsonArray("encrypt")), Changed("kid", 7),
            Changed("n", Encode([0, .. _issuer.Rsa.ExportParameters(false).Modulus!])), Changed("n", "AAAA"), Jwk(small, "rsa"), Jwk(p384, "rsa"),
        ];
        foreach (var key in unfit)
        {
            await using var issuer = new TestIssuer { Published = Set(key) };
            Assert.Equal((TokenRefusal?)TokenRefusal.KeyId, await issuer.RefusalAsync(_issuer.Sign(Header(), _issuer.Payload())));
        }

        await using var twice = new TestIssuer { Published = Set(Jwk(_issuer.Rsa, "rsa"), Jwk(other, "rsa")) };
        Assert.Equal(TokenRefusal.KeyId, await twice.RefusalAsync(_issuer.Sign(Header(), _issuer.Payload())));
        await using var fit = new TestIssuer { Published = Set(Jwk(small, "small"), Jwk(_issuer.Rsa, "rsa"), Jwk(p384, "p384")) };
        Assert.Null(await fit.RefusalAsync(_issuer.Sign(Header(), _issuer.Payload())));
    }

    [Fact]
    public void A_point_beside_the_curve_is_no_key()
    {
        var key = Jwk(_issuer.Ec, "ec");
        key["y"] = Encode(new byte[32]);

        Assert.Null(KeySet.Parse(System.Text.Encoding.UTF8.GetBytes(Set(key)))!.Find("ec"));
        Assert.NotNull(KeySet.Parse(System.Text.Encoding.UTF8.GetBytes(Set(Jwk(_issuer.Ec, "ec"))))!.Find("ec"));
    }

    private JsonObject Changed(string name, JsonNode value)
    {
        var key = Jwk(_issuer.Rsa, "rsa");
        key[name] = value;
        return key;
    }

    private JsonObject Without(string name)
    {
        var key = Jwk(_issuer.Rsa, "rsa");
        key.Remove(name);
        return key;
    }

    private string Token() => _issuer.Sign(Header(), _issuer.Payload());

    private async Task RefusedAsync(string kid) => Assert.Equal(TokenRefusal.KeyId, await _issuer.RefusalAsync(_issuer.Sign(Header(kid: kid), _issuer.Payload())));
}
