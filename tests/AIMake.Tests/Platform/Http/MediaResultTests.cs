using System.Net;
using System.Net.Http.Headers;
using AIMake.Accounts;
using AIMake.Platform.Http;
using AIMake.Platform.Storage;
using AIMake.Tests.Hosting;
using AIMake.Tests.Security;
using Microsoft.AspNetCore.Builder;

namespace AIMake.Tests.Platform.Http;

public sealed class MediaResultTests : IAsyncLifetime
{
    private readonly byte[] _bytes = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 31))];
    private TestApp _app = null!;
    private StoredFile _file = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await TestApp.StartAsync(map: app =>
        {
            app.MapMethods("/api/test/audio", ["GET", "HEAD"], (IFileStore store) => new MediaResult(store, _file, "audio/mpeg", "../晨间 \"新闻\"\r\n.mp3")).Public();
            app.MapGet("/api/test/page", (IFileStore store) => new MediaResult(store, _file, "text/html", "x.html") { Download = false }).Public();
            app.MapGet("/api/test/gone", (IFileStore store) => new MediaResult(store, _file with { Key = "audio/gone" }, "audio/mpeg", "x")).Public();
        });
        var store = _app.Get<IFileStore>();
        var spool = store.NewTempPath();
        await File.WriteAllBytesAsync(spool, _bytes);
        _file = await store.PutAsync("audio/test.mp3", spool, "audio/mpeg", CancellationToken.None);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=99999-", 99_999, 1)]
    [InlineData("bytes=500-1499", 500, 1000)]
    [InlineData("bytes=-10", 99_990, 10)]
    [InlineData("Bytes=99990-99999999999999999999", 99_990, 10)]
    [InlineData("bytes=0000000000000000000000-9", 0, 10)]
    public async Task A_range_answers_exactly_those_bytes(string range, int from, int count)
    {
        using var answer = await GetAsync("/api/test/audio", range);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(_bytes[from..(from + count)], await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(_bytes.Length, answer.Content.Headers.ContentRange!.Length);
    }

    [Theory]
    [InlineData("bytes=100000-")]
    [InlineData("bytes=100001-100002")]
    [InlineData("bytes=9223372036854775808-")]
    [InlineData("bytes=99999999999999999999-")]
    [InlineData("bytes=99999999999999999999-99999999999999999999")]
    public async Task A_range_beyond_the_end_is_416(string range)
    {
        using var answer = await GetAsync("/api/test/audio", range);

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, answer.StatusCode);
    }

    [Theory]
    [InlineData("items=0-1")]
    [InlineData("items=99999999999999999999-")]
    [InlineData("bytes")]
    [InlineData("bytes=two-three")]
    public async Task What_is_no_range_of_bytes_is_ignored(string range)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/test/audio");
        request.Headers.TryAddUnchecked("Range", range);
        using var answer = await _app.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(_bytes.Length, (await answer.Content.ReadAsByteArrayAsync()).Length);
    }

    [Fact]
    public async Task The_whole_file_comes_with_its_tag_and_a_name_that_cannot_lead_anywhere()
    {
        using var answer = await _app.Client.GetAsync("/api/test/audio");

        Assert.Equal(_bytes, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal($"\"{_file.Sha256[..32]}\"", answer.Headers.ETag!.Tag);
        var disposition = answer.Content.Headers.GetValues("Content-Disposition").Single();
        Assert.StartsWith("attachment", disposition, StringComparison.Ordinal);
        Assert.Contains("filename*=UTF-8''%E6%99%A8%E9%97%B4%20%E6%96%B0%E9%97%BB.mp3", disposition, StringComparison.Ordinal);
        Assert.DoesNotContain("/", disposition.Replace("UTF-8''", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("sandbox; default-src 'none'; frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task Head_answers_without_the_bytes_and_a_known_tag_with_304()
    {
        using var head = await _app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/api/test/audio"));
        Assert.Equal(_bytes.Length, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());

        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/test/audio");
        again.Headers.IfNoneMatch.Add(head.Headers.ETag!);
        using var unchanged = await _app.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task A_range_for_another_version_answers_the_whole_file()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/test/audio");
        request.Headers.Range = new RangeHeaderValue(0, 9);
        request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue("\"other\""));
        using var answer = await _app.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(_bytes.Length, (await answer.Content.ReadAsByteArrayAsync()).Length);
    }

    [Fact]
    public async Task What_could_run_is_never_shown_in_place()
    {
        using var answer = await _app.Client.GetAsync("/api/test/page");

        Assert.StartsWith("attachment", answer.Content.Headers.GetValues("Content-Disposition").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task A_row_whose_file_is_gone_is_404_with_a_code()
    {
        using var answer = await _app.Client.GetAsync("/api/test/gone");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("NOT_FOUND", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string range)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddUnchecked("Range", range);
        return await _app.Client.SendAsync(request);
    }
}
