using System.Net;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Platform.Http;

public sealed class WebAppTests : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("aimake-web-").FullName;
    private TestApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_root, "assets"));
        await File.WriteAllTextAsync(Path.Combine(_root, "index.html"), "<!doctype html><title>AIMake</title>");
        await File.WriteAllTextAsync(Path.Combine(_root, "assets", "app-1a2b.js"), "plain();" + new string(' ', 5_000));
        await File.WriteAllTextAsync(Path.Combine(_root, "assets", "app-1a2b.js.br"), "(brotli bytes)");
        await File.WriteAllTextAsync(Path.Combine(_root, "boot.js"), "boot();" + new string(' ', 5_000));
        await File.WriteAllTextAsync(Path.Combine(_root, "..", "aimake-web-outside.txt"), "outside");
        _app = await TestApp.StartAsync(settings: [$"--Web:Root={_root}"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/library")]
    [InlineData("/speech/new?text=x")]
    [InlineData("/setup?token=abc")]
    public async Task A_page_of_the_app_is_index_and_asked_for_again_each_time(string path)
    {
        using var answer = await _app.Client.GetAsync(path);

        Assert.Equal("<!doctype html><title>AIMake</title>", await answer.Content.ReadAsStringAsync());
        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-cache", answer.Headers.CacheControl!.ToString());
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/library")]
    [InlineData("/v1/nothing")]
    [InlineData("/media/nothing")]
    [InlineData("/s/token")]
    [InlineData("/feeds/x/rss.xml")]
    [InlineData("/assets/missing.js")]
    [InlineData("/missing.png")]
    [InlineData("/../aimake-web-outside.txt")]
    [InlineData("/%2e%2e/aimake-web-outside.txt")]
    [InlineData("/..%2faimake-web-outside.txt")]
    public async Task What_is_no_page_is_404_not_index(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{_app.Address.Port}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        using var answer = await _app.Client.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();

        Assert.DoesNotContain("outside", body, StringComparison.Ordinal);
        Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized, $"{answer.StatusCode} {body}");
    }

    [Fact]
    public async Task Digested_files_are_kept_for_ever_and_come_compressed_as_built()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/assets/app-1a2b.js");
        request.Headers.AcceptEncoding.ParseAdd("gzip, br");
        using var answer = await _app.Client.SendAsync(request);

        Assert.Equal("(brotli bytes)", await answer.Content.ReadAsStringAsync());
        Assert.Equal("br", answer.Content.Headers.ContentEncoding.Single());
        Assert.StartsWith("text/javascript", answer.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
        Assert.Equal("public, max-age=31536000, immutable", answer.Headers.CacheControl!.ToString());

        using var plain = await _app.Client.GetAsync("/assets/app-1a2b.js");
        Assert.StartsWith("plain();", await plain.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_a_compressed_twin_is_compressed_on_the_way()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/boot.js");
        request.Headers.AcceptEncoding.ParseAdd("br");
        using var answer = await _app.Client.SendAsync(request);

        Assert.Equal("br", answer.Content.Headers.ContentEncoding.Single());
        Assert.InRange((await answer.Content.ReadAsByteArrayAsync()).Length, 1, 500);
    }

    [Fact]
    public async Task A_wrong_method_on_a_page_is_refused()
    {
        using var answer = await _app.Client.PostAsync("/library", null);

        Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed);
    }
}
