using System.ComponentModel.DataAnnotations;
using AIMake.Platform.Secrets;

namespace AIMake.Tests.Platform.Secrets;

public sealed class MasterSecretTests : IDisposable
{
    private const string Good = "vR3v1yM0bq8Jt5ZkXw2hC7nLs9PdUaEf";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aimake-secret-");

    [Fact]
    public void A_secret_is_made_once_and_only_its_owner_may_read_it()
    {
        var first = Load(new SecretsOptions());
        var second = Load(new SecretsOptions());

        Assert.Equal(first.AccessTokens.Signer.Sign("x"u8), second.AccessTokens.Signer.Sign("x"u8));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public async Task Starts_at_the_same_time_agree_on_one_secret()
    {
        using var together = new Barrier(8);
        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait();
                return Convert.ToHexString(Load(new SecretsOptions()).AccessTokens.Signer.Sign("x"u8));
            },
            TaskCreationOptions.LongRunning)));

        Assert.Single(keys.Distinct());
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public void Rights_that_were_widened_are_narrowed_again()
    {
        Load(new SecretsOptions());
        File.SetUnixFileMode(KeyFile, (UnixFileMode)0b110_100_100);

        Load(new SecretsOptions());

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
    }

    [Fact]
    public void A_damaged_file_stops_the_start_and_names_the_cure()
    {
        File.WriteAllText(KeyFile, "half a");

        var fault = Assert.Throws<InvalidOperationException>(() => Load(new SecretsOptions()));

        Assert.Contains("Restore it from a backup", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("short", "has 5 bytes; at least 32 are needed")]
    [InlineData("your-secret-key-change-me-0123456789abcdef", "is a sample")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "is a sample")]
    public void Weak_settings_are_refused_with_the_cure(string value, string complaint)
    {
        var fault = Assert.Single(Faults(new SecretsOptions { JwtSecret = value }));

        Assert.Contains(complaint, fault, StringComparison.Ordinal);
        Assert.Contains("openssl rand -base64 48", fault, StringComparison.Ordinal);
        Assert.DoesNotContain(value, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_good_setting_passes_and_giving_it_twice_does_not()
    {
        Assert.Empty(Faults(new SecretsOptions { JwtSecret = Good }));
        Assert.Contains("the same as the present", Assert.Single(Faults(new SecretsOptions { JwtSecret = Good, JwtSecretPrevious = Good })), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_purpose_has_a_key_of_its_own()
    {
        var keys = Load(new SecretsOptions());

        Assert.NotEqual(keys.AccessTokens.Signer.Sign("x"u8), keys.SignedUrls.Signer.Sign("x"u8));
        Assert.Equal(KeyPurpose.All.Count, KeyPurpose.All.Select(p => p.Label).Distinct().Count());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string KeyFile => Path.Combine(_folder.FullName, MasterSecret.FileName);

    private SecretKeys Load(SecretsOptions options) => MasterSecret.Load(options, _folder.FullName, TimeProvider.System);

    private static string[] Faults(SecretsOptions options) =>
        [.. options.Validate(new ValidationContext(options)).Select(r => r.ErrorMessage!)];
}
