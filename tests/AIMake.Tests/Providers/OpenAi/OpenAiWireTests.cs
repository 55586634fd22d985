using AIMake.Providers;
using AIMake.Providers.OpenAi;
using AIMake.Tests.Platform.Outbound;

namespace AIMake.Tests.Providers.OpenAi;

/// <summary>What goes over the wire, byte for byte.</summary>
public sealed class OpenAiWireTests
{
    [Fact]
    public async Task A_request_has_these_headers_and_this_body_and_no_others()
    {
        var request = await SentAsync(OpenAiTestBed.Hello);

        Assert.Equal(
            [
                "POST /v1/audio/speech HTTP/1.1",
                "Authorization: Bearer sk-canary",
                "Content-Length: 73",
                "Content-Type: application/json",
                "Host: HOST",
                "User-Agent: AIMake/0.1.0",
            ],
            Head(request));
        Assert.Equal("""{"model":"tts-1","input":"Hello","voice":"alloy","response_format":"pcm"}""", Body(request));
    }

    [Fact]
    public async Task Text_travels_as_text()
    {
        var request = await SentAsync(OpenAiTestBed.Hello with { Text = "他说：\"好\"\n\\ <b>&'" });

        Assert.Equal("""{"model":"tts-1","input":"他说：\"好\"\n\\ <b>&'","voice":"alloy","response_format":"pcm"}""", Utf8(Body(request)));
    }

    [Fact]
    public async Task Speed_and_instructions_travel_only_when_they_say_something()
    {
        var request = OpenAiTestBed.Hello with { Model = "gpt-4o-mini-tts", Speed = 1.25, Instructions = "Whisper." };

        Assert.Equal(
            """{"model":"gpt-4o-mini-tts","input":"Hello","voice":"alloy","response_format":"pcm","speed":1.25,"instructions":"Whisper."}""",
            Body(await SentAsync(request)));
        Assert.Equal(
            """{"model":"tts-1-hd","input":"Hello","voice":"alloy","response_format":"pcm","speed":1.25}""",
            Body(await SentAsync(request with { Model = "tts-1-hd" })));
    }

    [Fact]
    public async Task A_voice_of_the_customers_own_is_named_by_an_object() =>
        Assert.Equal(
            """{"model":"tts-1","input":"Hello","voice":{"id":"voice_abc"},"response_format":"wav"}""",
            Body(await SentAsync(OpenAiTestBed.Hello with { Voice = "voice_abc" }, new() { Format = "wav" })));

    [Fact]
    public async Task Organization_and_project_are_sent_when_given_and_a_key_is_not_when_not()
    {
        var request = await SentAsync(OpenAiTestBed.Hello, new() { Organization = "org-1", Project = "proj-2" });

        Assert.Contains("OpenAI-Organization: org-1", Head(request));
        Assert.Contains("OpenAI-Project: proj-2", Head(request));
        Assert.DoesNotContain("Authorization", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    [InlineData("/some/where/v1")]
    public async Task The_path_is_put_behind_the_base_url(string path)
    {
        await using var server = Answering();
        using var bed = new OpenAiTestBed(server.Host, new() { BaseUrl = $"http://{server.Host}{path}" });
        await bed.SpeakAsync();

        Assert.StartsWith($"POST {path.TrimEnd('/')}/audio/speech HTTP/1.1\r\n", Assert.Single(server.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_or_voice_outside_the_instances_own_list_is_refused_before_the_wire()
    {
        await using var server = Answering();
        using var bed = new OpenAiTestBed(server.Host, new() { Models = ["kokoro"], Voices = ["af_sky"] });

        Assert.Equal(ProviderFaultKind.Rejected, (await bed.FaultAsync(OpenAiTestBed.Hello with { Voice = "af_sky" })).Kind);
        Assert.Equal(ProviderFaultKind.Rejected, (await bed.FaultAsync(OpenAiTestBed.Hello with { Model = "kokoro" })).Kind);
        Assert.Equal(0, server.Connects);

        await bed.SpeakAsync(OpenAiTestBed.Hello with { Model = "kokoro", Voice = "af_sky" });
        Assert.Equal(1, server.Connects);
    }

    private static RawServer Answering() => new("HTTP/1.1 200 OK\r\nContent-Type: audio/pcm\r\nContent-Length: 4\r\n\r\nabcd");

    private static async Task<string> SentAsync(SpeechSynthesis request, OpenAiOptions? options = null)
    {
        await using var server = Answering();
        using var bed = new OpenAiTestBed(server.Host, options);
        await bed.SpeakAsync(request);
        return Assert.Single(server.Requests).Replace(server.Host, "HOST", StringComparison.Ordinal);
    }

    private static string[] Head(string request)
    {
        var lines = request[..request.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n");
        return [lines[0], .. lines.Skip(1).Order(StringComparer.Ordinal)];
    }

    private static string Body(string request) => request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    private static string Utf8(string latin1) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.Latin1.GetBytes(latin1));
}
