using System.ComponentModel.DataAnnotations;
using AIMake.Platform.Http;
using AIMake.Platform.Settings;
using AIMake.Platform.Storage;
using Microsoft.Extensions.Configuration;

namespace AIMake.Tests.Platform.Settings;

public sealed class SettingsTests
{
    [Fact]
    public void All_faults_are_told_at_once_each_by_the_name_its_owner_knows_with_its_cure()
    {
        var thrown = Assert.Throws<SettingsException>(() => AIMakeServer.Build(
            ["--port", "99999", "--role", "boss", "--Database:Url", "mysql://u:hunter2@h/d", "--Storage:S3:Bucket", "b", "--Http:CorsOrigins", "https://a.example/path", "--Http:Colour", "red"]));

        Assert.Equal(
            [
                "AIMAKE_ROLE: is not one of all, api, worker.",
                "CORS_ORIGINS: 'https://a.example/path' is not an origin. Write scheme and host without a path, e.g. https://app.example.com.",
                "DATABASE_URL: cannot be read. Write postgresql://user:password@host:5432/name, with other characters than letters and digits in the password percent-encoded.",
                "Http:Colour: is not a setting. Http has Port, Host, PublicUrl, CorsOrigins, TrustedProxies, MaxBodyBytes, MaxConnections, HeadersTimeout.",
                "PORT: must be a port from 0 (any free one) to 65535.",
                "S3_ACCESS_KEY: is needed because other S3 settings are set. Set it, or unset the others to keep files on this machine.",
                "S3_ENDPOINT: must be an http or https address, e.g. https://ACCOUNT.r2.cloudflarestorage.com or http://minio:9000.",
                "S3_SECRET_KEY: is needed because other S3 settings are set. Set it, or unset the others to keep files on this machine.",
            ],
            thrown.Faults.Where(f => !f.StartsWith("Accounts", StringComparison.Ordinal)));
        Assert.DoesNotContain("hunter2", thrown.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PORT", "9999", "Http:Port")]
    [InlineData("DATABASE_URL", "postgresql://u@h/d", "Database:Url")]
    [InlineData("S3_BUCKET", "media", "Storage:S3:Bucket")]
    [InlineData("STRIPE_SECRET_KEY", "x", "Payments:Stripe:SecretKey")]
    public void A_flat_name_stands_for_its_setting(string name, string value, string key)
    {
        var configuration = new ConfigurationBuilder()
            .Add(new FlatNameSource(new Dictionary<string, string> { [name] = $" {value} " }))
            .Build();

        Assert.Equal(value, configuration[key]);
        Assert.Equal(name, FlatNames.NameOf(key));
    }

    [Fact]
    public void An_empty_flat_name_means_the_default()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Http:Port"] = "1234" })
            .Add(new FlatNameSource(new Dictionary<string, string> { ["PORT"] = "" }))
            .Build();

        Assert.Equal("1234", configuration["Http:Port"]);
    }

    [Fact]
    public void A_list_written_flat_is_split_at_commas()
    {
        var registry = Registry(("Http:CorsOrigins", "https://a.example, http://localhost:5173,"));

        Assert.Equal(["https://a.example", "http://localhost:5173"], registry.Bind<HttpOptions>("Http").CorsOrigins);
        Assert.Empty(registry.Faults);
    }

    [Fact]
    public void Every_number_that_cannot_be_read_is_named_not_just_the_first()
    {
        var registry = Registry(("Http:Port", "abc"), ("Http:MaxConnections", "many"), ("Http:HeadersTimeout", "soon"));

        var options = registry.Bind<HttpOptions>("Http");

        Assert.Equal(
            ["Http:HeadersTimeout: is not a duration such as 00:00:30.", "Http:MaxConnections: is not a number in range.", "PORT: is not a number in range."],
            registry.Faults);
        Assert.Equal(2_000, options.MaxConnections);
    }

    [Fact]
    public void A_complete_bucket_is_taken_and_no_bucket_as_well()
    {
        var full = Registry(
            ("Storage:S3:Endpoint", "http://minio:9000"), ("Storage:S3:Bucket", "media"), ("Storage:S3:AccessKey", "k"), ("Storage:S3:SecretKey", "s"));
        Assert.True(full.Bind<StorageOptions>("Storage").S3.IsConfigured);
        Assert.Empty(full.Faults);

        var none = Registry();
        Assert.False(none.Bind<StorageOptions>("Storage").S3.IsConfigured);
        Assert.Empty(none.Faults);
    }

    [Fact]
    public void Nested_settings_and_relations_between_settings_are_checked()
    {
        var registry = Registry(("Outer:Inner:Least", "5"), ("Outer:Inner:Most", "3"));

        registry.Bind<Outer>("Outer");

        Assert.Equal(["Outer:Inner:Least: must not be above Most (3)."], registry.Faults);
    }

    [Fact]
    public void Appsettings_hold_the_defaults_and_bind_without_fault()
    {
        var builder = Configuration.CreateBuilder([]);

        Assert.Equal("8080", builder.Configuration["Http:Port"]);
    }

    private static SettingsRegistry Registry(params (string Key, string Value)[] settings) => new(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build());

    private sealed class Outer
    {
        public Range Inner { get; set; } = new();
    }

    private sealed class Range : IValidatableObject
    {
        public int Least { get; set; }

        public int Most { get; set; }

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Least > Most)
            {
                yield return new($"must not be above Most ({Most}).", [nameof(Least)]);
            }
        }
    }
}
