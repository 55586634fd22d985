using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Gateway;

/// <summary>Bodies that would steer a call to somewhere else, to somebody else's things, or past its price.</summary>
public sealed class HostileBodyTests(GatewayBed bed) : IClassFixture<GatewayBed>
{
    private const string Usage = """{"choices":[],"output":[],"usage":{"prompt_tokens":1120,"completion_tokens":20}}""";

    /// <summary>S45.</summary>
    [Theory]
    [InlineData("api_base", "\"http://127.0.0.1\"")]
    [InlineData("Base_URL", "\"http://127.0.0.1\"")]
    [InlineData("custom_llm_provider", "\"x\"")]
    [InlineData("extra_headers", "{\"x\":\"y\"}")]
    public async Task Nobody_steers_a_call_to_another_host_on_any_route(string member, string value)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Seen.Clear();
        foreach (var (path, body) in new[]
        {
            ("/v1/chat/completions", """{"model":"parrot","messages":[]"""), ("/v1/responses", """{"model":"parrot","input":"Hi" """),
            ("/v1/embeddings", """{"model":"vectors","input":"Hi" """), ("/v1/images/generations", """{"model":"brush","prompt":"a fox" """),
            ("/v1/audio/speech", """{"model":"espeak-ng","voice":"en-us","input":"Hi" """),
        })
        {
            using var answer = await user.Http.PostAsync(path, GatewayRequests.Json($"{body},\"{member}\":{value}}}"));
            Assert.Equal(member, (await GatewayBed.ErrorAsync(answer, 400, "unknown_field")).GetProperty("param").GetString());
        }

        foreach (var path in new[] { "/v1/images/edits", "/v1/audio/transcriptions" })
        {
            using var form = new MultipartFormDataContent { { new StringContent(value), member }, { new StringContent("brush"), "model" } };
            await GatewayBed.ErrorAsync(await user.Http.PostAsync(path, form), 400, "unknown_field");
        }

        Assert.Empty(bed.Upstream.Seen);
    }

    /// <summary>S32: pictures of no size, or of more than anybody draws.</summary>
    [Theory]
    [InlineData("size", "\"0x0\"")]
    [InlineData("size", "\"1024x0\"")]
    [InlineData("size", "\"-1x1024\"")]
    [InlineData("size", "\"1.5x1.5\"")]
    [InlineData("size", "\"99999999999x1\"")]
    [InlineData("size", "\"16385x1\"")]
    [InlineData("n", "0")]
    [InlineData("n", "-1")]
    [InlineData("n", "1.5")]
    [InlineData("n", "1000000")]
    [InlineData("n", "9223372036854775808")]
    public async Task S32_absurd_measures_of_a_picture_are_refused_before_anything_is_asked_or_held(string member, string value)
    {
        var user = await bed.Server.CreateUserAsync();
        var before = await bed.CreditsAsync(user);
        bed.Upstream.Seen.Clear();

        using var drawn = await user.Http.PostAsync("/v1/images/generations", GatewayRequests.Json($$"""{"model":"brush","prompt":"a fox","{{member}}":{{value}}}"""));
        using var form = new MultipartFormDataContent
        {
            { new StringContent("brush"), "model" }, { new StringContent("a fox"), "prompt" }, { new StringContent(value.Trim('"')), member },
            { new ByteArrayContent([1, 2, 3]), "image", "a.png" },
        };
        using var changed = await user.Http.PostAsync("/v1/images/edits", form);

        foreach (var answer in new[] { drawn, changed })
        {
            Assert.Equal(member, (await GatewayBed.ErrorAsync(answer, 400, member == "n" ? "field_out_of_range" : "field_invalid")).GetProperty("param").GetString());
        }

        Assert.Empty(bed.Upstream.Seen);
        Assert.Equal(before, await bed.CreditsAsync(user));
    }

    [Fact]
    public async Task A_size_by_a_name_of_the_providers_own_passes()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says("""{"data":[{"b64_json":"AAAA"}]}""");
        using var answer = await user.Http.PostAsync("/v1/images/generations", GatewayRequests.Json("""{"model":"brush","prompt":"a fox","size":"16:9"}"""));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>
    /// S22 among others. The operator's key is shared by everybody: what the provider keeps under it belongs to others, what it bills by the call or counts
    /// from elsewhere is in nobody's price, and work in the background ends when nobody is there to count it.
    /// </summary>
    [Theory]
    [InlineData("/v1/responses", ""","input":"Go on","previous_response_id":"resp_1" """, "previous_response_id")]
    [InlineData("/v1/responses", ""","input":"Go on","conversation":"conv_1" """, "conversation")]
    [InlineData("/v1/responses", ""","prompt":{"id":"pmpt_1"}""", "prompt")]
    [InlineData("/v1/responses", ""","input":"Think","background":true""", "background")]
    [InlineData("/v1/responses", ""","input":"Hi","service_tier":"priority" """, "service_tier")]
    [InlineData("/v1/responses", ""","input":"Hi","tools":[{"type":"function","name":"f","parameters":{}},{"type":"web_search"}]""", "tools")]
    [InlineData("/v1/responses", ""","input":[{"type":"item_reference","id":"msg_1"}]""", "item_reference")]
    [InlineData("/v1/responses", ""","input":[{"role":"user","content":[{"type":"input_file","file_id":"file-1"}]}]""", "file_id")]
    [InlineData("/v1/responses", ""","input":[{"role":"user","content":[{"type":"input_file","file_url":"https://example.com/a.pdf"}]}]""", "file_url")]
    [InlineData("/v1/chat/completions", ""","messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}]""", "file_id")]
    [InlineData("/v1/chat/completions", ""","messages":[],"service_tier":"priority" """, "service_tier")]
    [InlineData("/v1/chat/completions", ""","messages":[],"web_search_options":{}""", "web_search_options")]
    [InlineData("/v1/chat/completions", ""","messages":[],"modalities":["text","audio"]""", "modalities")]
    [InlineData("/v1/chat/completions", ""","messages":[],"modalities":"audio" """, "modalities")]
    [InlineData("/v1/chat/completions", ""","messages":[],"audio":{"voice":"alloy","format":"wav"}""", "audio")]
    public async Task What_lies_elsewhere_or_has_no_price_is_refused_unless_ones_own_key_pays(string path, string members, string param)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Seen.Clear();
        var body = $$"""{"model":"parrot"{{members}}}""";

        using var refused = await user.Http.PostAsync(path, GatewayRequests.Json(body));
        using var own = new HttpRequestMessage(HttpMethod.Post, path) { Content = GatewayRequests.Json(body), Headers = { { "X-AIMake-Key", "own" } } };
        using var allowed = await user.Http.SendAsync(own);

        Assert.Equal(param, (await GatewayBed.ErrorAsync(refused, 400, "field_invalid")).GetProperty("param").GetString());
        Assert.Empty(bed.Upstream.Seen);
        Assert.DoesNotContain("field_invalid", await allowed.Content.ReadAsStringAsync(), StringComparison.Ordinal); // there is no such key, but that is another answer
    }

    [Theory]
    [InlineData("/v1/responses", ""","input":"item_reference","previous_response_id":null,"background":false,"service_tier":"default" """)]
    [InlineData("/v1/responses", ""","input":"Hi","tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{"file_id":{"type":"string"},"type":{"type":"string"}}}}]""")]
    [InlineData("/v1/chat/completions", ""","messages":[{"role":"user","content":"file_id"}],"tools":[{"type":"custom","custom":{"name":"f"}}]""")]
    [InlineData("/v1/chat/completions", ""","messages":[],"modalities":["text"],"audio":null,"web_search_options":null""")]
    public async Task Their_neighbours_pass(string path, string members)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says(Usage);
        using var answer = await user.Http.PostAsync(path, GatewayRequests.Json($$"""{"model":"parrot"{{members}}}"""));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A picture costs what the provider counts for it, also where only its address is sent.</summary>
    [Theory]
    [InlineData("/v1/chat/completions", ""","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]""")]
    [InlineData("/v1/responses", ""","input":[{"role":"user","content":[{"type":"input_image","image_url":"https://example.com/a.png"}]}]""")]
    [InlineData("/v1/responses", ""","input":[{"role":"user","content":[{"type":"input_file","file_data":"data:application/pdf;base64,AAAA"}]}]""")]
    public async Task A_picture_by_its_address_is_charged_as_one(string path, string members)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says(Usage);
        using var answer = await user.Http.PostAsync(path, GatewayRequests.Json($$"""{"model":"parrot"{{members}}}"""));
        Assert.Equal("1.16", answer.Headers.GetValues("X-AIMake-Credits").Single()); // 1,120 read, 20 written
    }

    /// <summary>A provider would fail over them, and the keys of everybody would be blamed.</summary>
    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"parrot","messages":[{"role":"user","content":"$"}]}""")]
    [InlineData("/v1/responses", """{"model":"parrot","input":"$"}""")]
    [InlineData("/v1/embeddings", """{"model":"vectors","input":"$"}""")]
    [InlineData("/v1/images/generations", """{"model":"brush","prompt":"$"}""")]
    public async Task Bytes_that_are_no_text_go_to_nobody(string path, string body)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Seen.Clear();
        byte[] bytes = [.. Encoding.UTF8.GetBytes(body).SelectMany(b => b == (byte)'$' ? (byte[])[0xFF, 0xFE] : [b])];
        using var content = new ByteArrayContent(bytes) { Headers = { ContentType = new("application/json") } };
        await GatewayBed.ErrorAsync(await user.Http.PostAsync(path, content), 400, "malformed_json");
        Assert.Empty(bed.Upstream.Seen);
    }

    [Fact]
    public async Task A_call_that_names_no_model_is_told_so_on_every_route()
    {
        var user = await bed.Server.CreateUserAsync();
        using var drawn = await user.Http.PostAsync("/v1/images/generations", GatewayRequests.Json("""{"prompt":"a fox"}"""));
        using var edit = new MultipartFormDataContent { { new StringContent("a fox"), "prompt" }, { new ByteArrayContent([1, 2, 3]), "image", "a.png" } };
        using var changed = await user.Http.PostAsync("/v1/images/edits", edit);
        using var recording = new MultipartFormDataContent { { new ByteArrayContent([1, 2, 3]), "file", "a.wav" } };
        using var heard = await user.Http.PostAsync("/v1/audio/transcriptions", recording);

        foreach (var answer in new[] { drawn, changed, heard })
        {
            Assert.Equal("model", (await GatewayBed.ErrorAsync(answer, 400, "field_required")).GetProperty("param").GetString());
        }
    }

    /// <summary>S46: names and values of a form become headers of its parts when it is sent on.</summary>
    [Theory]
    [InlineData("a\u2028b", "x.png", "image/png")]
    [InlineData("a\0b", "x.png", "image/png")]
    [InlineData("图片", "x.png", "image/png")]
    [InlineData("a%0d%0aX-Injected: 1", "x.png", "image/png")]
    [InlineData("extra", "x\u2028.png", "image/png")]
    [InlineData("extra", "x.p\0g", "image/png; x=\"\u2028\"")]
    [InlineData("extra", "x.png", "a b c")]
    public async Task What_a_form_calls_its_parts_cannot_break_a_header(string name, string file, string type)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says("""{"data":[{"b64_json":"AAAA"}]}""");
        bed.Upstream.Seen.Clear();
        var body = Part("name=\"model\"", null, "brush") + Part("name=\"prompt\"", null, "a fox") + Part("name=\"image\"; filename=\"a.png\"", "image/png", "AAAA")
            + Part($"name=\"{name}\"; filename=\"{file}\"", type, "AAAA") + "--border--\r\n";
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=border") } };

        using var answer = await user.Http.PostAsync("/v1/images/edits", content);

        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        Assert.All(bed.Upstream.Seen, seen => Assert.DoesNotContain("\r\nX-Injected", seen.Text, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(0m, (await bed.CreditsAsync(user)).Held);
    }

    private static string Part(string disposition, string? type, string value) =>
        $"--border\r\nContent-Disposition: form-data; {disposition}\r\n{(type is null ? "" : $"Content-Type: {type}\r\n")}\r\n{value}\r\n";
}
