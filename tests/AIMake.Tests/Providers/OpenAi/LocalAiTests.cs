using AIMake.Providers;
using AIMake.Providers.OpenAi;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.OpenAi;

/// <summary>LocalAI draws and speaks, each a little differently from OpenAI.</summary>
public sealed class LocalAiTests(SimulatorHost simulator) : IClassFixture<SimulatorHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("compatible", 0)] // asked for bytes
    [InlineData("openai", 2)] // links back to the server, which want its key
    public async Task A_picture_comes_as_bytes_or_by_a_link_with_the_key(string profile, int links)
    {
        using var bed = new OpenAiVendorBed(simulator.Host);
        var key = $"sk-local-{profile}";
        var images = bed.Vendor.Images(bed.Endpoint(key, "/localai/v1", ("profile", profile)))!;

        var answer = await images.GenerateAsync(new ImageRequest("stablediffusion", "A kettle", 2, "256x256"), Ct);

        Assert.All(answer.Images, image => Assert.Equal("image/png", image.MimeType));
        Assert.Equal(2, answer.Images.Select(image => Convert.ToHexString(image.Bytes.Span)).Distinct().Count());
        Assert.Equal(links, (await simulator.BookAsync(key)).Count(call => call.Path.StartsWith("/localai/generated-images/", StringComparison.Ordinal) && call.Status == 200));
    }

    [Theory]
    [InlineData("wav")]
    [InlineData("pcm")] // and gets WAV all the same
    public async Task Speech_is_understood_by_its_bytes_whatever_was_asked_for(string format)
    {
        using var bed = new OpenAiTestBed(simulator.Host, new OpenAiOptions { BaseUrl = $"http://{simulator.Host}/localai/v1", ApiKey = "sk-local", Format = format });

        var spoken = await bed.SpeakAsync(OpenAiTestBed.Hello with { Model = "piper", Voice = "en-us-amy" });

        Assert.InRange(spoken.Seconds, 0.1, 10);
    }

    [Fact]
    public async Task A_model_it_does_not_have_is_refused_with_a_number_for_a_code()
    {
        using var bed = new OpenAiTestBed(simulator.Host, new OpenAiOptions { BaseUrl = $"http://{simulator.Host}/localai/v1", ApiKey = "sk-local", Format = "wav" });

        Assert.Equal(ProviderFaultKind.Rejected, (await bed.FaultAsync(OpenAiTestBed.Hello with { Model = "nope" })).Kind);
    }
}
