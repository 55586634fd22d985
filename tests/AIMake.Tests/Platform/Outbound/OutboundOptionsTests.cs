using AIMake.Platform.Outbound;
using AIMake.Platform.Settings;
using Microsoft.Extensions.Configuration;

namespace AIMake.Tests.Platform.Outbound;

public sealed class OutboundOptionsTests
{
    [Fact]
    public void Defaults_and_ordinary_settings_are_in_order()
    {
        Assert.Empty(Faults());
        Assert.Empty(Faults(("AllowedHosts", "127.0.0.1:11434, [::1]:80,models.lan"), ("IdleTimeout", "00:00:05")));
    }

    [Fact]
    public void Every_fault_is_told_at_once_with_its_cure() => Assert.Equal(
        [
            "AIMAKE_ALLOWED_HOSTS: has an entry that is no host. Write host or host:port, without a scheme, user name or path.",
            "Outbound:FirstByteTimeout: (01:00:00) must not exceed TotalTimeout (00:10:00); raise the total.",
            "Outbound:IdleTimeout: must be longer than zero, e.g. 00:00:30.",
            "Outbound:MaxHeaderKilobytes: must be from 1 to 1024.",
            "Outbound:MaxResponseBytes: must be above zero.",
        ],
        Faults(
            ("IdleTimeout", "00:00:00"), ("FirstByteTimeout", "01:00:00"), ("MaxResponseBytes", "0"), ("MaxHeaderKilobytes", "0"),
            ("AllowedHosts", "http://x/,a b,x/y,u@x")));

    [Theory]
    [InlineData("http://x/")]
    [InlineData("a b")]
    [InlineData("x/y")]
    [InlineData("u:secret@x")]
    [InlineData("x:99999")]
    [InlineData("*")]
    public void An_entry_that_is_no_host_is_told_but_not_repeated(string entry)
    {
        var fault = Assert.Single(Faults(("AllowedHosts", $"127.0.0.1:1,{entry}")));

        Assert.StartsWith("AIMAKE_ALLOWED_HOSTS: has an entry", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Faults(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create<string, string?>($"Outbound:{setting.Key}", setting.Value))).Build();
        var registry = new SettingsRegistry(configuration);
        registry.Bind<OutboundOptions>(OutboundOptions.Section);
        return registry.Faults;
    }
}
