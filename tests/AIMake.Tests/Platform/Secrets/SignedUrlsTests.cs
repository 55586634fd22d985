using System.Security.Cryptography;
using AIMake.Platform.Secrets;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AIMake.Tests.Platform.Secrets;

public sealed class SignedUrlsTests
{
    private static readonly Guid Owner = Guid.CreateVersion7();
    private readonly ManualTime _clock = new();
    private readonly SignedUrls _urls;
    private readonly string _link;

    public SignedUrlsTests()
    {
        _urls = new SignedUrls(new SecretKeys(RandomNumberGenerator.GetBytes(32), [], _clock), _clock);
        _link = _urls.Create(new LinkOrder("studio.example.com", "/api/audios/7/download", "7", Owner), TimeSpan.FromMinutes(10));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public void A_link_opens_what_it_was_made_for(string method)
    {
        var opened = _urls.Open(Request(_link, method: method), "7");

        Assert.Equal(new OpenedLink(Owner, "inline"), opened.Value);
    }

    [Theory]
    [InlineData("/api/audios/7/download", "/api/audios/8/download", "GET", "studio.example.com", "7")]
    [InlineData("", "", "POST", "studio.example.com", "7")]
    [InlineData("", "", "DELETE", "studio.example.com", "7")]
    [InlineData("", "", "GET", "evil.example.com", "7")]
    [InlineData("", "", "GET", "studio.example.com", "8")]
    [InlineData("d=inline", "d=attachment", "GET", "studio.example.com", "7")]
    [InlineData("exp=", "exp=9", "GET", "studio.example.com", "7")]
    [InlineData("sig=", "sig=A", "GET", "studio.example.com", "7")]
    [InlineData("kid=", "kid=A", "GET", "studio.example.com", "7")]
    public void Any_change_closes_it(string part, string replacement, string method, string host, string objectId)
    {
        var link = part.Length == 0 ? _link : _link.Replace(part, replacement, StringComparison.Ordinal);

        Assert.Equal("SIGNED_URL_INVALID", _urls.Open(Request(link, host, method), objectId).Fault?.Code.Code);
    }

    [Fact]
    public void Another_users_id_closes_it()
    {
        var link = _link.Replace(Owner.ToString("N"), Guid.CreateVersion7().ToString("N"), StringComparison.Ordinal);

        Assert.False(_urls.Open(Request(link), "7").Ok);
    }

    [Fact]
    public void A_member_given_twice_closes_it() => Assert.False(_urls.Open(Request(_link + "&u=" + Owner.ToString("N")), "7").Ok);

    [Fact]
    public void It_expires()
    {
        _clock.Advance(TimeSpan.FromMinutes(10));

        Assert.False(_urls.Open(Request(_link), "7").Ok);
    }

    [Fact]
    public void No_link_lives_longer_than_an_hour() => Assert.Throws<ArgumentOutOfRangeException>(
        () => _urls.Create(new LinkOrder("h", "/p", "7", Owner), TimeSpan.FromMinutes(61)));

    [Fact]
    public void A_key_of_another_installation_opens_nothing()
    {
        var other = new SignedUrls(new SecretKeys(RandomNumberGenerator.GetBytes(32), [], _clock), _clock);

        Assert.False(other.Open(Request(_link), "7").Ok);
    }

    private static HttpRequest Request(string link, string host = "studio.example.com", string method = "GET")
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        request.Host = new HostString(host);
        request.Path = new PathString(link.Split('?')[0]);
        request.QueryString = new QueryString("?" + link.Split('?')[1]);
        request.Query = new QueryCollection(QueryHelpers.ParseQuery(request.QueryString.Value));
        return request;
    }
}
