using AIMake.Platform.Secrets;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Platform.Secrets;

public sealed class SecretBoxTests : IDisposable
{
    private const string Aad = "v1|provider_key|local|u|r|openai|api.example.com";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aimake-box-");
    private readonly ManualTime _clock = new();

    [Theory]
    [InlineData("")]
    [InlineData("sk-1")]
    [InlineData("密钥 😀")]
    public void What_is_sealed_opens_again(string secret)
    {
        var box = Box();

        Assert.Equal(secret, box.Open(Aad, box.Seal(Aad, secret)));
        Assert.NotEqual(box.Seal(Aad, secret), box.Seal(Aad, secret));
    }

    [Fact]
    public void A_box_has_the_layout_that_is_written_down()
    {
        var sealed_ = Box().Seal(Aad, "secret");

        Assert.Equal(1 + 8 + 12 + 32 + 16 + 12 + "secret".Length + 16, sealed_.Length);
        Assert.Equal(1, sealed_[0]);
        Assert.Equal(Ring().Current.Id, SecretBox.KeyIdOf(sealed_).ToArray());
    }

    [Fact]
    public void One_changed_bit_anywhere_keeps_it_shut()
    {
        var box = Box();
        var sealed_ = box.Seal(Aad, "secret");
        for (var i = 0; i < sealed_.Length; i++)
        {
            var changed = (byte[])sealed_.Clone();
            changed[i] ^= 0x10;
            Assert.Throws<SecretBoxException>(() => box.Open(Aad, changed));
            Assert.Throws<SecretBoxException>(() => box.Open(Aad, sealed_[..i]));
        }
    }

    [Fact]
    public void A_row_copied_to_another_user_row_provider_or_host_does_not_open()
    {
        var (box, user, row) = (Box(), Guid.CreateVersion7(), Guid.CreateVersion7());
        var sealed_ = box.Seal(SecretBinding.ProviderKey(user, row, "openai", "api.openai.com"), "secret");

        Assert.Equal("secret", box.Open(SecretBinding.ProviderKey(user, row, "openai", "API.openai.com"), sealed_));
        foreach (var other in new[]
        {
            SecretBinding.ProviderKey(Guid.CreateVersion7(), row, "openai", "api.openai.com"), SecretBinding.ProviderKey(null, row, "openai", "api.openai.com"),
            SecretBinding.ProviderKey(user, Guid.CreateVersion7(), "openai", "api.openai.com"), SecretBinding.ProviderKey(user, row, "kie", "api.openai.com"),
            SecretBinding.ProviderKey(user, row, "openai", "evil.example"), SecretBinding.ProviderKey(user, row, "openai", "api.openai.com:8443"),
        })
        {
            Assert.Throws<SecretBoxException>(() => box.Open(other, sealed_));
            Assert.Throws<SecretBoxException>(() => box.Rewrap(other, sealed_));
        }
    }

    [Fact]
    public void A_new_key_opens_what_was_sealed_before_and_seals_what_comes()
    {
        var (ring, box) = (Ring(), Box());
        var old = box.Seal(Aad, "before");

        ring.Turn(); // another process

        Assert.Equal("before", box.Open(Aad, old));
        Assert.False(box.IsCurrent(old));
        Assert.True(box.IsCurrent(box.Seal(Aad, "after")));
        var renewed = box.Rewrap(Aad, old);
        Assert.True(box.IsCurrent(renewed));
        Assert.Equal("before", box.Open(Aad, renewed));
    }

    [Fact]
    public void A_box_from_a_key_made_elsewhere_meanwhile_opens_at_once()
    {
        var running = Box();
        _ = running.Seal(Aad, "x");
        Ring().Turn();

        Assert.Equal("theirs", running.Open(Aad, Box().Seal(Aad, "theirs")));
    }

    [Fact]
    public void The_settings_come_first_and_the_file_stays_readable()
    {
        var old = Box().Seal(Aad, "from the file");
        var configured = new SecretBox(Ring(Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32))));

        Assert.Equal("from the file", configured.Open(Aad, old));
        Assert.False(configured.IsCurrent(old));
        Assert.Throws<SecretBoxException>(() => Box().Open(Aad, configured.Seal(Aad, "x")));
    }

    /// <summary>Again and again: the time between looking for the file and making it is short.</summary>
    [Fact]
    public async Task Starts_at_the_same_time_agree_on_one_key()
    {
        var file = Path.Combine(_folder.FullName, EncryptionRing.FileName);
        for (var round = 0; round < 25; round++)
        {
            File.Delete(file);
            using var together = new Barrier(8);
            var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait();
                    return Ring().Current.ToString();
                },
                TaskCreationOptions.LongRunning)));

            Assert.Single(ids.Distinct());
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Theory]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void A_key_that_is_none_is_refused_at_the_start(string key)
    {
        var faults = new SecretsOptions { EncryptionKey = key }.Validate(new(new object())).ToList();

        Assert.Contains("openssl rand", Assert.Single(faults).ErrorMessage, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private EncryptionRing Ring(string? configured = null) => new(new SecretsOptions { EncryptionKey = configured }, _folder.FullName, _clock);

    private SecretBox Box() => new(Ring());
}
