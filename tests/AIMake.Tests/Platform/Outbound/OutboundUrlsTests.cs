using System.Net;
using System.Net.Sockets;
using AIMake.Platform.Faults;
using AIMake.Platform.Outbound;

namespace AIMake.Tests.Platform.Outbound;

public sealed class OutboundUrlsTests
{
    /// <summary>S42.</summary>
    [Theory]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.0.0.1./")]
    [InlineData("https://127.1/")]
    [InlineData("https://127.0.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f000001/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://0x7F.0.0.0x1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://017700000001/")]
    [InlineData("https://00000177.0.0.1/")]
    [InlineData("https://127.000.000.001/")]
    [InlineData("https://0/")]
    [InlineData("https://0.0.0.0/")]
    [InlineData("https://①②⑦.⓪.⓪.①/")]
    [InlineData("https://１２７.０.０.１/")]
    [InlineData("https://127。0。0。1/")]
    [InlineData("https://%31%32%37.0.0.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::]/")]
    [InlineData("https://[0:0:0:0:0:0:0:1]/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    [InlineData("https://[::ffff:7f00:1]/")]
    [InlineData("https://[::127.0.0.1]/")]
    [InlineData("https://[64:ff9b::7f00:1]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    [InlineData("https://[fe80::1%25lo]/")]
    [InlineData("https://localhost/")]
    [InlineData("https://LOCALHOST/")]
    [InlineData("https://localhost./")]
    [InlineData("https://ⓛocalhost/")]
    [InlineData("https://a.localhost/")]
    [InlineData("https://printer.local/")]
    [InlineData("https://metadata.google.internal/")]
    [InlineData("https://metadata/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://0xA9FEA9FE/")]
    [InlineData("https://2852039166/")]
    [InlineData("https://100.100.100.200/")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://172.16.0.1/")]
    [InlineData("https://192.168.1.1/")]
    [InlineData("https://1.0.0.127.in-addr.arpa/")]
    public void Every_spelling_of_a_private_host_is_refused(string url) => AssertRefused(url);

    [Theory]
    [InlineData("http://api.openai.com/v1")]
    [InlineData("ftp://api.openai.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://api.openai.com:70/")]
    [InlineData("data:text/plain,hi")]
    [InlineData("javascript:alert(1)")]
    [InlineData("//api.openai.com/")]
    [InlineData("api.openai.com")]
    [InlineData("https:api.openai.com/")]
    [InlineData("https:///api.openai.com/")]
    [InlineData("https://user@api.openai.com/")]
    [InlineData("https://user:pass@api.openai.com/")]
    [InlineData("https://@api.openai.com/")]
    [InlineData("https://api.openai.com:22/")]
    [InlineData("https://api.openai.com:6379/")]
    [InlineData("https://api.openai.com:0/")]
    [InlineData("https://api.openai.com:99999/")]
    [InlineData("https://api.openai.com\\@127.0.0.1/")]
    [InlineData("https://api.openai.com/\r\nHost: x")]
    [InlineData("https://api.openai.com/ x")]
    [InlineData(" https://api.openai.com/")]
    [InlineData("https://api.openai.com\0/")]
    [InlineData("https://api..openai.com/")]
    [InlineData("https:///")]
    [InlineData("https://")]
    [InlineData("")]
    [InlineData(null)]
    public void Other_schemes_ports_and_tricks_are_refused(string? url) => AssertRefused(url);

    [Theory]
    [InlineData("https://api.openai.com/v1")]
    [InlineData("https://api.openai.com./v1")]
    [InlineData("HTTPS://API.OPENAI.COM/v1?x=1")]
    [InlineData("https://xn--mnchen-3ya.de/")]
    [InlineData("https://speech.example.com:8443/v1")]
    [InlineData("https://1.1.1.1/")]
    [InlineData("https://[2606:4700:4700::1111]/")]
    public void Public_https_addresses_pass(string url) => Assert.True(OutboundTestBed.Urls().Check(url).Ok);

    [Fact]
    public void A_host_the_operator_vouches_for_may_be_private_and_plain_but_only_that_port()
    {
        var urls = OutboundTestBed.Urls(["127.0.0.1:11434", "models.lan", "[::1]:5000"]);

        Assert.True(urls.Check("http://127.0.0.1:11434/v1").Ok);
        Assert.True(urls.Check("http://models.lan:8000/v1").Ok);
        Assert.True(urls.Check("https://models.lan/v1").Ok);
        Assert.True(urls.Check("http://[::1]:5000/v1").Ok);
        Assert.False(urls.Check("http://127.0.0.1:11435/v1").Ok);
        Assert.False(urls.Check("http://[::1]:5001/v1").Ok);
        Assert.False(urls.Check("http://x.models.lan/v1").Ok);
        Assert.False(urls.Check("http://me@127.0.0.1:11434/v1").Ok);
        Assert.False(urls.Check("ftp://127.0.0.1:11434/v1").Ok);
    }

    [Fact]
    public async Task A_public_name_that_leads_to_a_private_address_is_refused()
    {
        foreach (var addresses in new IPAddress[][] { [IPAddress.Loopback], [IPAddress.Parse("1.1.1.1"), IPAddress.Parse("10.0.0.1")], [IPAddress.Parse("::ffff:192.168.0.1")], [] })
            Assert.Equal(FaultCodes.UrlNotAllowed, (await OutboundTestBed.Urls([], addresses).ResolveAsync("https://127.0.0.1.nip.io/", default)).Fault?.Code);

        Assert.True((await OutboundTestBed.Urls([], IPAddress.Parse("1.1.1.1")).ResolveAsync("https://one.example.com/", default)).Ok);
    }

    [Fact]
    public async Task A_name_nobody_knows_is_refused()
    {
        var urls = new OutboundUrls(new OutboundPermits([]), (_, _) => throw new SocketException((int)SocketError.HostNotFound));

        Assert.False((await urls.ResolveAsync("https://nowhere.example.com/", default)).Ok);
    }

    private static void AssertRefused(string? url) =>
        Assert.Equal(FaultCodes.UrlNotAllowed, OutboundTestBed.Urls().Check(url).Fault?.Code);
}
