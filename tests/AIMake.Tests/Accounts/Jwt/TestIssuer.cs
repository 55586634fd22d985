using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AIMake.Accounts.Jwt;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Outbound;
using AIMake.Tests.Hosting;
using AIMake.Tests.Platform.Outbound;
using Microsoft.Extensions.Logging.Abstractions;

namespace AIMake.Tests.Accounts.Jwt;

/// <summary>An issuer with keys of its own on loopback, and a verifier that trusts it. What it publishes can be changed at any time.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    public const string Issuer = "https://issuer.example";
    public const string Audience = "aimake-client";
    public const string Nonce = "the nonce of this trip";
    private readonly RawServer _server;
    private readonly OutboundHttp _http;
    private TaskCompletionSource _held = Released();

    public TestIssuer()
    {
        Published = Set(Jwk(Rsa, "rsa"), Jwk(Ec, "ec"));
        _server = new RawServer(async connection =>
        {
            await _held.Task;
            await (Silent ? Task.Run(connection.Reset) : connection.SendAsync(Answer ?? Ok(Published)));
        });
        _http = OutboundTestBed.Create([_server.Host]);
        Keys = new IssuerKeys(_http, Clock, NullLogger<IssuerKeys>.Instance);
        Verifier = new ForeignTokenVerifier(Keys, Clock);
        Rules = new ForeignTokenRules([Issuer], _server.Url, new TokenTimes(TimeSpan.FromHours(24), TimeSpan.FromMinutes(1))) { Audience = Audience, Nonce = Nonce };
    }

    public ManualTime Clock { get; } = new();

    public RSA Rsa { get; } = RSA.Create(2048);

    public ECDsa Ec { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public IssuerKeys Keys { get; }

    public ForeignTokenVerifier Verifier { get; }

    public ForeignTokenRules Rules { get; set; }

    /// <summary>Body of the key set.</summary>
    public string Published { get; set; }

    /// <summary>A whole HTTP answer instead.</summary>
    public string? Answer { get; set; }

    /// <summary>Connections are cut.</summary>
    public bool Silent { get; set; }

    public int Fetches => _server.Connects;

    /// <summary>What is fetched behind the tokens' backs has been.</summary>
    public Task RenewedAsync() => Keys.RenewedAsync(_server.Url);

    /// <summary>From now on nobody is answered, until <see cref="Release"/>.</summary>
    public void Hold() => _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _held.TrySetResult();

    public long Now => Clock.GetUtcNow().ToUnixTimeSeconds();

    private static TaskCompletionSource Released()
    {
        var released = new TaskCompletionSource();
        released.SetResult();
        return released;
    }

    public async Task<TokenRefusal?> RefusalAsync(string token) =>
        (await Verifier.VerifyAsync(token, Rules, TestContext.Current.CancellationToken)).Refusal;

    public async Task<ForeignClaims> ClaimsAsync(string token)
    {
        var (claims, refusal) = await Verifier.VerifyAsync(token, Rules, TestContext.Current.CancellationToken);
        Assert.Null(refusal);
        return claims!;
    }

    public static JsonObject Header(string alg = "RS256", string? kid = "rsa", string? typ = "JWT")
    {
        var header = new JsonObject { ["alg"] = alg };
        if (kid is not null) header["kid"] = kid;
        if (typ is not null) header["typ"] = typ;
        return header;
    }

    public JsonObject Payload() => new()
    {
        ["iss"] = Issuer, ["aud"] = Audience, ["sub"] = "subject-1", ["iat"] = Now, ["exp"] = Now + 3600, ["nonce"] = Nonce,
        ["email"] = "ada@example.com", ["email_verified"] = true,
    };

    /// <summary>A token signed with the RSA key.</summary>
    public string Sign(JsonObject header, JsonObject payload) => Sign(header, payload, m => Rsa.SignData(m, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    /// <summary>A token signed with the EC key.</summary>
    public string SignEc(JsonObject header, JsonObject payload) => Sign(header, payload, m => Ec.SignData(m, HashAlgorithmName.SHA256));

    public static string Sign(JsonObject header, JsonObject payload, Func<byte[], byte[]> sign) => Sign(header.ToJsonString(), payload.ToJsonString(), sign);

    public static string Sign(string header, string payload, Func<byte[], byte[]> sign)
    {
        var signed = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(payload))}";
        return $"{signed}.{Encode(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    public static string Set(params JsonNode[] keys) => new JsonObject { ["keys"] = new JsonArray(keys) }.ToJsonString();

    public static JsonObject Jwk(RSA rsa, string? kid)
    {
        var key = rsa.ExportParameters(false);
        return Named(kid, new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["alg"] = "RS256", ["n"] = Encode(key.Modulus!), ["e"] = Encode(key.Exponent!) });
    }

    public static JsonObject Jwk(ECDsa ec, string? kid)
    {
        var key = ec.ExportParameters(false);
        return Named(kid, new JsonObject { ["kty"] = "EC", ["use"] = "sig", ["crv"] = $"P-{ec.KeySize}", ["x"] = Encode(key.Q.X!), ["y"] = Encode(key.Q.Y!) });
    }

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public static string Ok(string body) =>
        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        Rsa.Dispose();
        Ec.Dispose();
    }

    private static JsonObject Named(string? kid, JsonObject key)
    {
        if (kid is not null) key["kid"] = kid;
        return key;
    }
}
