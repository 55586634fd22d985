using AIMake.Accounts.OAuth;
using AIMake.Platform.Settings;

namespace AIMake.Tests.Accounts.OAuth;

public sealed class OAuthOptionsTests
{
    [Theory]
    [InlineData("--OAuth:GitHub:ClientId=x", "OAUTH_GITHUB_CLIENT_SECRET: is missing")]
    [InlineData("--OAuth:Google:ClientId=x", "OAUTH_GOOGLE_CLIENT_SECRET: is missing")]
    [InlineData("--OAuth:Oidc:ClientId=x", "OAUTH_OIDC_ISSUER: is missing")]
    [InlineData("--OAuth:Issuers:github:ClientId=x", "'github' cannot be a name here")]
    [InlineData("--OAuth:Issuers:a_b:ClientId=x", "'a_b' cannot be a name here")]
    public void What_is_missing_is_named_at_start(string setting, string fault)
    {
        var thrown = Assert.Throws<SettingsException>(() => AIMakeServer.Build([setting]));

        Assert.Contains(fault, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://login.example.com")]
    [InlineData("https://10.0.0.1")]
    [InlineData("https://169.254.169.254")]
    public void An_issuer_is_one_that_may_be_called(string issuer)
    {
        var thrown = Assert.Throws<SettingsException>(() => AIMakeServer.Build(["--OAuth:Oidc:ClientId=x", $"--OAuth:Oidc:Issuer={issuer}"]));

        Assert.Contains("AIMAKE_ALLOWED_HOSTS", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("octocat", "octocat")]
    [InlineData("Ada Lovelace", "Ada-Lovelace")]
    [InlineData("王小明", "王小明")]
    [InlineData("--a.b--", "a.b")]
    [InlineData("x@y!z?w", "xyzw")]
    [InlineData("0123456789012345678901234567890123456789", "01234567890123456789012345678901")]
    public void A_username_is_made_of_what_somebody_is_called(string name, string username) => Assert.Equal(username, PersonNames.Username([name]));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("!!!")]
    [InlineData("😀😀😀")]
    public void And_says_nothing_where_there_is_nothing_to_make_it_of(string? name) => Assert.Matches("^user-[0-9]+$", PersonNames.Username([name]));
}
