using AIMake.Platform.Outbound;

namespace AIMake.Providers.Synthesia;

/// <summary>
/// Films of a person who speaks a script. <see cref="VideoRequest.Prompt"/> is the script; <see cref="VideoRequest.Options"/> may name
/// <c>avatar</c>, <c>background</c>, <c>voice</c>, <c>title</c>, <c>callbackId</c> and <c>test</c>. The length follows from the script.
/// </summary>
internal sealed class SynthesiaVideoProvider(SynthesiaClient client, OutboundHttp http, TimeProvider time) : IVideoProvider
{
    /// <summary>Name in <see cref="ProviderEndpoint.Settings"/>: <c>true</c> makes every film a watermarked one that costs nothing.</summary>
    public const string TestSetting = "Test";

    /// <summary>A film takes minutes, and reading is limited to 60 a minute for all films of an account together.</summary>
    public (TimeSpan First, TimeSpan Most) PollEvery => (TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60));

    public async Task<VideoTask> SubmitAsync(VideoRequest request, CancellationToken ct)
    {
        var test = "true".Equals(client.Endpoint.Settings.GetValueOrDefault(TestSetting), StringComparison.OrdinalIgnoreCase);
        using var response = await client.SendAsync(HttpMethod.Post, "/v2/videos", SynthesiaBody.Write(request, test), ct);
        using var answer = await JsonAnswer.ReadAsync(response, ct);
        return SynthesiaVideo.Read(answer.RootElement);
    }

    public async Task<VideoTask> PollAsync(string taskId, CancellationToken ct)
    {
        if (!SynthesiaVideo.IsId(taskId))
            throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Rejected, Retryable: false, Detail: "not a task's id"));
        using var response = await client.SendAsync(HttpMethod.Get, $"/v2/videos/{taskId}", null, ct);
        using var answer = await JsonAnswer.ReadAsync(response, ct);
        var video = SynthesiaVideo.Read(answer.RootElement);
        return video.Id == taskId ? video : throw ProviderFaults.Invalid("another video than the one asked for");
    }

    /// <summary>Asks for a fresh link once, where the one at hand does not open: it holds for a short while only.</summary>
    public async Task<Stream> FetchAsync(VideoTask task, VideoVariant variant, CancellationToken ct)
    {
        try
        {
            return await OpenAsync(task, variant, ct);
        }
        catch (ProviderException e) when (e.Fault is { Kind: ProviderFaultKind.Lost, Stage: ProviderStage.FirstByte })
        {
            return await OpenAsync(await PollAsync(task.Id, ct), variant, ct);
        }
    }

    private async Task<Stream> OpenAsync(VideoTask task, VideoVariant variant, CancellationToken ct) =>
        task.Links.GetValueOrDefault(variant) is { } link
            ? await FetchedStream.OpenAsync(http, link, time, ct, kinds: variant == VideoVariant.Thumbnail ? "image/" : "video/")
            : throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Rejected, Retryable: false, Detail: $"no {variant} of this task"));
}
