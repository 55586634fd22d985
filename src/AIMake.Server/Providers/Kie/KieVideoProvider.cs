namespace AIMake.Providers.Kie;

/// <summary>
/// Veo 3 and Veo 3 Fast. <see cref="VideoRequest.Options"/> may name <c>seed</c>, <c>watermark</c> and <c>callBackUrl</c>. A first frame is
/// uploaded to the vendor for a day: it must have a public address, and ours need not have one.
/// </summary>
internal sealed class KieVideoProvider(KieClient client) : IVideoProvider
{
    private const int LargestPicture = 10 * 1024 * 1024;

    /// <summary>A clip takes two to five minutes.</summary>
    public (TimeSpan First, TimeSpan Most) PollEvery => (TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));

    public async Task<VideoTask> SubmitAsync(VideoRequest request, CancellationToken ct)
    {
        var image = request.Image is { } picture ? await UploadAsync(picture, ct) : null;
        var body = KieBody.Generate(request, image);
        var data = await PaidOrder.PlaceAsync(() => client.AskAsync(HttpMethod.Post, "/api/v1/veo/generate", body, ct));
        return new VideoTask(KieRecord.ReadId(data), VideoTaskState.Queued, 0, new Dictionary<VideoVariant, Uri>());
    }

    public async Task<VideoTask> PollAsync(string taskId, CancellationToken ct)
    {
        if (!KieRecord.IsId(taskId)) throw Refused(ProviderParty.Us, "not a task's id");
        return KieRecord.Read(taskId, await client.AskAsync(HttpMethod.Get, $"/api/v1/veo/record-info?taskId={taskId}", null, ct));
    }

    /// <summary>
    /// In 1080p a clip is made when it is first asked for: until then the fault is <see cref="ProviderFaultKind.Unavailable"/> with when to
    /// come back. A link that has gone stale is exchanged for a fresh one.
    /// </summary>
    public async Task<Stream> FetchAsync(VideoTask task, VideoVariant variant, CancellationToken ct)
    {
        var link = task.Links.TryGetValue(variant, out var known) ? known
            : variant == VideoVariant.Video1080 && task.State == VideoTaskState.Succeeded && KieRecord.IsId(task.Id) ? await Fine(task.Id, ct)
            : throw Refused(ProviderParty.Us, $"no {variant} of this task");
        try
        {
            return await client.FetchAsync(link, ct);
        }
        catch (ProviderException e) when (e.Fault is { Kind: ProviderFaultKind.Lost, Stage: ProviderStage.FirstByte })
        {
            var fresh = await client.AskAsync(HttpMethod.Post, "/api/v1/common/download-url", KieBody.FreshLink(link), ct);
            return await client.FetchAsync(KieRecord.Link(fresh.ValueKind == System.Text.Json.JsonValueKind.String ? fresh.Words() : null), ct);
        }
    }

    private async Task<Uri> Fine(string taskId, CancellationToken ct) =>
        KieRecord.Link((await client.AskAsync(HttpMethod.Get, $"/api/v1/veo/get-1080p-video?taskId={taskId}&index=0", null, ct)).Text("resultUrl"));

    /// <summary>Under a name nobody guesses: a name used twice would show the older picture.</summary>
    private async Task<string> UploadAsync(MediaInput picture, CancellationToken ct)
    {
        var extension = picture.MimeType switch { "image/png" => "png", "image/jpeg" => "jpg", "image/webp" => "webp", _ => throw Refused(ProviderParty.Caller, "a picture must be PNG, JPEG or WebP") };
        if (picture.Bytes.Length > LargestPicture) throw Refused(ProviderParty.Caller, $"a picture of {picture.Bytes.Length} bytes");
        var data = await client.UploadAsync("/api/file-base64-upload", KieBody.Upload(picture, $"{Guid.NewGuid():N}.{extension}"), ct);
        return KieRecord.Link(data.Text("downloadUrl") ?? data.Text("fileUrl")).AbsoluteUri;
    }

    private static ProviderException Refused(ProviderParty party, string detail) => new(new(ProviderStage.Connect, party, ProviderFaultKind.Rejected, Retryable: false, Detail: detail));
}
