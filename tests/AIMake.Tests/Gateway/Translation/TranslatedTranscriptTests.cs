using System.Net.Http.Headers;
using AIMake.Platform.Media;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Gateway.Translation;

/// <summary>Vendors of another shape answer <c>/v1/audio/transcriptions</c> in OpenAI's, in each of its formats.</summary>
public sealed class TranslatedTranscriptTests(ForeignBed bed) : IClassFixture<ForeignBed>
{
    private const string Heard = """{"said":"Guten Morgen.","tongue":"de","parts":[{"a":0.5,"b":1.25,"t":" Guten Morgen."}],"words":[{"a":500,"b":800,"t":"Guten"},{"a":800,"b":1250,"t":"Morgen"}]}""";
    private const string Bare = """{"said":"Guten Morgen."}""";
    private const string Usage = "\"usage\":{\"type\":\"duration\",\"seconds\":2}}";

    [Theory]
    [InlineData("json", "", Heard, "application/json", "{\"text\":\"Guten Morgen.\"," + Usage)]
    [InlineData("text", "", Heard, "text/plain", "Guten Morgen.\n")]
    [InlineData("srt", "", Heard, "text/plain", "1\n00:00:00,500 --> 00:00:01,250\nGuten Morgen.\n\n")]
    [InlineData("vtt", "", Heard, "text/plain", "WEBVTT\n\n00:00:00.500 --> 00:00:01.250\nGuten Morgen.\n\n")]
    [InlineData("vtt", "", Bare, "text/plain", "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nGuten Morgen.\n\n")]
    [InlineData("verbose_json", "", Heard, "application/json", "{\"task\":\"transcribe\",\"language\":\"de\",\"duration\":1.5,\"text\":\"Guten Morgen.\",\"segments\":[{\"id\":0,\"start\":0.5,\"end\":1.25,\"text\":\" Guten Morgen.\"}]," + Usage)]
    [InlineData("verbose_json", "word", Heard, "application/json", "{\"task\":\"transcribe\",\"language\":\"de\",\"duration\":1.5,\"text\":\"Guten Morgen.\",\"words\":[{\"word\":\"Guten\",\"start\":0.5,\"end\":0.8},{\"word\":\"Morgen\",\"start\":0.8,\"end\":1.25}]," + Usage)]
    public async Task A_transcript_comes_in_the_format_asked_for(string format, string granularity, string said, string type, string expected)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says(said);

        using var answer = await PostAsync(user, [("response_format", format), ("language", "de"), .. granularity.Length > 0 ? [("timestamp_granularities[]", granularity)] : Array.Empty<(string, string)>()]);

        Assert.Equal((type, expected), (answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync()));
        Assert.Equal("2", Assert.Single(answer.Headers.GetValues("X-AIMake-Credits")));
    }

    [Fact]
    public async Task A_stream_of_it_is_two_events_and_the_closing_word()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says(Heard);

        using var answer = await PostAsync(user, [("stream", "true")]);

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(
            "data: {\"type\":\"transcript.text.delta\",\"delta\":\"Guten Morgen.\"}\r\n\r\ndata: {\"type\":\"transcript.text.done\",\"text\":\"Guten Morgen.\"," + Usage + "\r\n\r\ndata: [DONE]\r\n\r\n",
            await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("response_format", "diarized_json", "response_format")]
    [InlineData("include[]", "logprobs", "include[]")]
    [InlineData("chunking_strategy", "{\"type\":\"server_vad\"}", "chunking_strategy")]
    public async Task What_the_vendor_cannot_be_told_is_refused_by_its_name(string name, string value, string param)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Seen.Clear();

        var error = await GatewayBed.ErrorAsync(await PostAsync(user, [(name, value)]), 400, "unsupported_parameter");

        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Empty(bed.Upstream.Seen);
        Assert.Equal(0m, (await bed.CreditsAsync(user)).Held);
    }

    [Theory]
    [InlineData("stream", "true")]
    [InlineData("response_format", "\"url\"")]
    public async Task Pictures_of_a_seam_come_whole_and_as_bytes(string name, string value)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Seen.Clear();

        using var answer = await user.Http.PostAsync("/v1/images/generations", GatewayRequests.Json($$"""{"model":"easel-1","prompt":"A boat","{{name}}":{{value}}}"""));

        Assert.Equal(name, (await GatewayBed.ErrorAsync(answer, 400, "unsupported_parameter")).GetProperty("param").GetString());
        Assert.Empty(bed.Upstream.Seen);
    }

    private static async Task<HttpResponseMessage> PostAsync(TestUser user, IEnumerable<(string Name, string Value)> fields)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields.Append(("model", "ear-1")))
        {
            form.Add(new StringContent(value), name);
        }

        var recording = new ByteArrayContent([.. WavEncoder.Header(8_000, 24_000), .. new byte[24_000]]); // a second and a half
        recording.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        form.Add(recording, "file", "a.wav");
        return await user.Http.PostAsync("/v1/audio/transcriptions", form);
    }
}
