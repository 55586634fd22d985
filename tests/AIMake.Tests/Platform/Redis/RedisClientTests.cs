using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AIMake.Platform.Redis;

namespace AIMake.Tests.Platform.Redis;

public sealed class RedisClientTests : IAsyncLifetime
{
    private RedisHost _redis = null!;

    public async ValueTask InitializeAsync() => _redis = await RedisHost.StartAsync();

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task Thousands_of_commands_at_once_each_get_their_own_answer()
    {
        using var client = await _redis.ConnectAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 5_000).Select(i => client.SendAsync("ECHO", $"n{i}")));

        Assert.Equal(Enumerable.Range(0, 5_000).Select(i => $"n{i}"), answers.Select(a => ((RedisReply.Bulk)a).ToString()));
    }

    [Fact]
    public async Task Values_may_hold_anything_and_databases_are_apart()
    {
        using var first = await _redis.ConnectAsync();
        using var second = await _redis.ConnectAsync(_redis.Url + "/5");
        var value = new string('x', 100_000) + "\r\n钥\0*3\r\n";

        await first.SendAsync("SET", "k", value);

        Assert.Equal(value, (await first.SendAsync("GET", "k")).ToString());
        Assert.Equal(RedisReply.Nil.Instance, await second.SendAsync("GET", "k"));
    }

    [Fact]
    public async Task A_wrong_password_is_a_refusal_that_does_not_tell_it()
    {
        using var client = await _redis.ConnectAsync($"redis://:wrong-canary@127.0.0.1:{_redis.Port}");

        Assert.False(client.IsConnected);
        var refusal = await Assert.ThrowsAsync<RedisException>(() => client.SendAsync("PING"));
        Assert.DoesNotContain("canary", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_is_an_error_and_the_connection_goes_on()
    {
        using var client = await _redis.ConnectAsync();

        Assert.Contains("unknown command", (await Assert.ThrowsAsync<RedisException>(() => client.SendAsync("NONSENSE"))).Message, StringComparison.Ordinal);
        Assert.Equal(new RedisReply.Text("PONG"), await client.SendAsync("PING"));
    }

    [Fact]
    public async Task A_script_is_sent_once_and_again_when_the_server_forgot_it()
    {
        using var client = await _redis.ConnectAsync();
        var script = new RedisScript("return {KEYS[1], tonumber(ARGV[1]) + 1}");

        for (var i = 0; i < 3; i++)
        {
            var reply = Assert.IsType<RedisReply.List>(await client.EvalAsync(script, ["k"], ["41"]));
            Assert.Equal(new RedisReply.Integer(42), reply.Items[1]);
            await client.SendAsync("SCRIPT", "FLUSH");
        }
    }

    [Fact]
    public async Task A_server_that_dies_is_missed_at_once_and_found_again()
    {
        using var client = await _redis.ConnectAsync();
        Assert.True(client.IsConnected);

        await _redis.KillAsync();
        await WhenAsync(() => !client.IsConnected);
        var began = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<RedisException>(() => client.SendAsync("PING"));
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 5); // not the ten it would be waited for

        await _redis.StartAsync();
        await WhenAsync(() => client.IsConnected);
        Assert.Equal(new RedisReply.Text("PONG"), await client.SendAsync("PING"));
    }

    [Fact]
    public async Task A_server_that_freezes_keeps_one_caller_waiting_and_not_for_long()
    {
        using var client = await _redis.ConnectAsync(patience: TimeSpan.FromMilliseconds(500));
        await _redis.FreezeAsync();

        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Assert.ThrowsAsync<RedisException>(() => client.SendAsync("PING"))));
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 10); // one after the other they would wait for twenty-five
        Assert.False(client.IsConnected && await AnswersAsync(client));

        await _redis.ThawAsync();
        await WhenAsync(() => client.IsConnected);
        Assert.True(await AnswersAsync(client));
    }

    [Fact]
    public async Task Over_tls_the_certificate_is_judged()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var folder = Directory.CreateTempSubdirectory("aimake-redis-tls-").FullName;
        var (cert, pem) = (Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
        await File.WriteAllTextAsync(cert, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(pem, key.ExportPkcs8PrivateKeyPem());
        await using var server = await RedisHost.StartAsync((cert, pem));
        var url = server.Url.Replace("redis://", "rediss://", StringComparison.Ordinal);

        using (var stranger = await server.ConnectAsync(url))
        {
            Assert.False(stranger.IsConnected);
        }

        using (var friend = await server.ConnectAsync(url, (_, theirs, _, _) => theirs?.GetCertHashString() == certificate.GetCertHashString()))
        {
            Assert.Equal(new RedisReply.Text("PONG"), await friend.SendAsync("PING"));
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<bool> AnswersAsync(RedisClient client)
    {
        try
        {
            return await client.SendAsync("PING") is RedisReply.Text;
        }
        catch (RedisException)
        {
            return false;
        }
    }

    internal static async Task WhenAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
