using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AIMake.Accounts;
using AIMake.Platform.Http;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AIMake.Tests.Platform.Http;

/// <summary>How a request is received and refused, seen from outside.</summary>
public sealed class RequestTests : IAsyncLifetime
{
    private TestApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await TestApp.StartAsync(map: app =>
    {
        app.MapPost("/api/test/echo", (Order order) => new ApiResult<Order>(order)).Public();
        app.MapPost("/api/test/once", (Order order, IdempotencyKey key) => Results.Text(
            key.Claim is { } claim ? $"{claim.Key} {Convert.ToHexStringLower(claim.RequestHash)} {order.Text}" : "none " + order.Text)).Public();
        app.MapGet("/api/test/number", (int n) => n).Public();
        app.MapGet("/api/test/bug", string () => throw new InvalidOperationException("SELECT secret FROM vault")).Public();
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("""{"text":"a","times":1,"extra":1}""", 400, "UNKNOWN_FIELD", "extra")]
    [InlineData("""{"text":"a","text":"b","times":1}""", 400, "DUPLICATE_FIELD", "text")]
    [InlineData("""{"text":"a","times":"1"}""", 400, "FIELD_INVALID", "times")]
    [InlineData("""{"text":7,"times":1}""", 400, "FIELD_INVALID", "text")]
    [InlineData("""{"text":null,"times":1}""", 400, "FIELD_INVALID", "text")]
    [InlineData("""{"times":1}""", 400, "FIELD_REQUIRED", "text")]
    [InlineData("""{"text":"a","times":1e309}""", 400, "FIELD_INVALID", "times")]
    [InlineData("""{"text":"a","times":9223372036854775808}""", 400, "FIELD_INVALID", "times")]
    [InlineData("""{"Text":"a","times":1}""", 400, "UNKNOWN_FIELD", "Text")]
    [InlineData("""{"text":"a","times":1""", 400, "MALFORMED_JSON", null)]
    [InlineData("", 400, "INVALID_REQUEST", null)]
    [InlineData("null", 400, "INVALID_REQUEST", null)]
    [InlineData("[]", 400, "INVALID_REQUEST", null)]
    [InlineData("\"x\"", 400, "INVALID_REQUEST", null)]
    [InlineData("7", 400, "INVALID_REQUEST", null)]
    public async Task A_body_that_does_not_fit_is_refused_with_the_field_named(string body, int status, string code, string? field)
    {
        using var answer = await PostAsync("/api/test/echo", body);

        var error = await ErrorAsync(answer);
        Assert.Equal((status, code, field), ((int)answer.StatusCode, error.Code, error.Field));
    }

    [Fact]
    public async Task A_body_that_fits_is_taken_with_Chinese_and_emoji_intact()
    {
        using var answer = await PostAsync("/api/test/echo", """{"text":"你好 👋","times":3}""");

        Assert.Equal(new Envelope<Order>(true, new("你好 👋", 3), ""), await answer.Content.ReadFromJsonAsync<Envelope<Order>>(JsonFaults.Stored));
    }

    [Fact]
    public async Task Ten_thousand_nested_arrays_are_refused()
    {
        using var answer = await PostAsync("/api/test/echo", new string('[', 10_000));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413_and_another_content_type_415()
    {
        using var large = await PostAsync("/api/test/echo", $$"""{"text":"{{new string('a', 1_000_001)}}","times":1}""");
        Assert.Equal((413, "BODY_TOO_LARGE"), ((int)large.StatusCode, (await ErrorAsync(large)).Code));

        using var form = await _app.Client.PostAsync("/api/test/echo", new StringContent("text=a", Encoding.UTF8, "application/x-www-form-urlencoded"));
        Assert.Equal((415, "UNSUPPORTED_MEDIA_TYPE"), ((int)form.StatusCode, (await ErrorAsync(form)).Code));
    }

    [Theory]
    [InlineData("GET", "/api/nothing", 404, "NOT_FOUND")]
    [InlineData("GET", "/v1/nothing", 404, "not_found")]
    [InlineData("DELETE", "/api/test/echo", 405, "METHOD_NOT_ALLOWED")]
    [InlineData("TRACE", "/api/test/echo", 405, "METHOD_NOT_ALLOWED")]
    [InlineData("GET", "/api/test/number?n=abc", 400, "FIELD_INVALID")]
    [InlineData("GET", "/api/test/number", 400, "FIELD_REQUIRED")]
    public async Task What_is_not_there_answers_with_a_code(string method, string path, int status, string code)
    {
        using var answer = await _app.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains($"\"code\":\"{code}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bug_says_nothing_of_itself_but_the_request_id()
    {
        using var answer = await _app.Client.GetAsync("/api/test/bug");

        var body = await answer.Content.ReadAsStringAsync();
        Assert.Equal((500, "INTERNAL"), ((int)answer.StatusCode, (await ErrorAsync(answer)).Code));
        Assert.DoesNotContain("SELECT", body, StringComparison.Ordinal);
        Assert.Contains(answer.Headers.GetValues("X-Request-Id").Single(), body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zh-CN,zh;q=0.9", "请求体不是有效的 JSON。")]
    [InlineData("fr, en;q=0.5", "The body is not valid JSON.")]
    [InlineData("xx", "The body is not valid JSON.")]
    public async Task Messages_come_in_the_language_asked_for(string language, string message)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/test/echo") { Content = Json("{") };
        request.Headers.AcceptLanguage.ParseAdd(language);
        using var answer = await _app.Client.SendAsync(request);

        Assert.Equal(message, (await ErrorAsync(answer)).Message);
    }

    [Theory]
    [InlineData("[]", "请求无效：请求体必须是 JSON 对象")]
    [InlineData("null", "请求无效：请求体必须是 JSON 对象")]
    [InlineData("""{"text":"a","times":"1"}""", "字段“times”无效：类型或取值不正确")]
    [InlineData("""{"text":"a\ud83d","times":1}""", "字段“text”无效：不是有效的 Unicode 文本")]
    [InlineData("""{"text":"\ude00","times":1}""", "字段“text”无效：不是有效的 Unicode 文本")]
    [InlineData("{\"text\":\"caf\u00e9\",\"times\":1}", "字段“text”无效：不是有效的 Unicode 文本")]
    public async Task A_reason_comes_in_the_same_language_as_its_sentence(string body, string message)
    {
        // As Latin-1: é is then a byte that is no UTF-8.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/test/echo") { Content = new ByteArrayContent(Encoding.Latin1.GetBytes(body)) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.AcceptLanguage.ParseAdd("zh-CN");
        using var answer = await _app.Client.SendAsync(request);

        Assert.Equal((400, message), ((int)answer.StatusCode, (await ErrorAsync(answer)).Message));
    }

    [Theory]
    [InlineData("my-trace-0001", true)]
    [InlineData("short", false)]
    [InlineData("has spaces in it", false)]
    [InlineData("<script>alert(1)</script>", false)]
    public async Task A_sane_request_id_is_kept_and_any_other_replaced(string sent, bool kept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        request.Headers.Add("X-Request-Id", sent);
        using var answer = await _app.Client.SendAsync(request);

        var id = answer.Headers.GetValues("X-Request-Id").Single();
        Assert.Equal(kept, id == sent);
        Assert.True(kept || Guid.Parse(id).Version == 7);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/api/nothing")]
    [InlineData("/api/test/bug")]
    public async Task Every_answer_keeps_browsers_honest(string path)
    {
        using var answer = await _app.Client.GetAsync(path);

        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("same-origin", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Other_sites_are_not_let_in_unless_named()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        request.Headers.Add("Origin", "https://evil.example");
        using var answer = await _app.Client.SendAsync(request);

        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task An_idempotency_key_comes_with_the_digest_of_its_request_and_the_body_is_still_read()
    {
        var first = await OnceAsync("key-1", """{"text":"a","times":1}""");
        var same = await OnceAsync("key-1", """{"text":"a","times":1}""");
        var other = await OnceAsync("key-1", """{"text":"a", "times":1}""");

        Assert.StartsWith("key-1 ", first, StringComparison.Ordinal);
        Assert.EndsWith(" a", first, StringComparison.Ordinal);
        Assert.Equal(first, same);
        Assert.NotEqual(first, other);
        Assert.Equal("none a", await OnceAsync(null, """{"text":"a","times":1}"""));
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("")]
    [InlineData("tab\there")]
    public async Task A_header_that_is_no_key_is_refused(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/test/once") { Content = Json("""{"text":"a","times":1}""") };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await _app.Client.SendAsync(request);

        Assert.Equal((400, "IDEMPOTENCY_KEY_INVALID"), ((int)answer.StatusCode, (await ErrorAsync(answer)).Code));
    }

    [Fact]
    public async Task A_key_of_255_characters_is_taken_and_one_of_256_refused()
    {
        Assert.StartsWith(new string('k', 255), await OnceAsync(new string('k', 255), """{"text":"a","times":1}"""), StringComparison.Ordinal);
        Assert.Contains("IDEMPOTENCY_KEY_INVALID", await OnceAsync(new string('k', 256), """{"text":"a","times":1}"""), StringComparison.Ordinal);
    }

    private async Task<string> OnceAsync(string? key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/test/once") { Content = Json(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var answer = await _app.Client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private Task<HttpResponseMessage> PostAsync(string path, string body) => _app.Client.PostAsync(path, Json(body));

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<ErrorItem> ErrorAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<ErrorEnvelope>(JsonFaults.Stored))!.Errors[0];

    public sealed record Order(string Text, int Times);
}
