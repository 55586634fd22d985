namespace AIMake.Providers.Runway;

/// <summary>
/// Video from a first frame or from words alone. <see cref="VideoRequest.Options"/> may name <c>seed</c>, <c>audio</c>,
/// <c>negativePrompt</c> and <c>publicFigureThreshold</c>.
/// </summary>
internal sealed class RunwayVideoProvider(RunwayClient client) : IVideoProvider
{
    /// <summary>A task's state changes no more often than every five seconds.</summary>
    public (TimeSpan First, TimeSpan Most) PollEvery => (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));

    public async Task<VideoTask> SubmitAsync(VideoRequest request, CancellationToken ct)
    {
        var image = request.Image is { } picture ? await new RunwayMedia(client).PlaceAsync(picture, ct) : null;
        var (path, body) = (image is null ? "/v1/text_to_video" : "/v1/image_to_video", RunwayBody.Video(request, image));
        var answer = await PaidOrder.PlaceAsync(() => client.AskAsync(HttpMethod.Post, path, body, ct));
        var usage = new ProviderUsage { Count = 1, CostMicroUsd = RunwayTask.Cost(answer), Source = UsageSource.Estimated };
        return new VideoTask(RunwayTask.ReadId(answer), VideoTaskState.Queued, 0, NoLinks, null, usage);
    }

    public async Task<VideoTask> PollAsync(string taskId, CancellationToken ct)
    {
        var task = await FindAsync(client, taskId, ct);
        var links = task.Outputs.Count > 0 ? new Dictionary<VideoVariant, Uri> { [VideoVariant.Video] = task.Outputs[0] } : NoLinks;
        return new VideoTask(task.Id, task.State, task.Progress, links, task.Fault, task.Usage);
    }

    /// <summary>A link that has gone stale is replaced: asking about the task signs new ones.</summary>
    public async Task<Stream> FetchAsync(VideoTask task, VideoVariant variant, CancellationToken ct)
    {
        try
        {
            return await client.FetchAsync(Link(task, variant), ct);
        }
        catch (ProviderException e) when (e.Fault is { Kind: ProviderFaultKind.Lost, Stage: ProviderStage.FirstByte })
        {
            return await client.FetchAsync(Link(await PollAsync(task.Id, ct), variant), ct);
        }
    }

    /// <summary>Also removes a task that is over, with what it made.</summary>
    public async Task<bool> CancelAsync(string taskId, CancellationToken ct)
    {
        if (!RunwayTask.IsId(taskId)) return false;
        try
        {
            using var response = await client.SendAsync(HttpMethod.Delete, $"/v1/tasks/{taskId}", null, ct);
            return true;
        }
        catch (ProviderException e) when (e.Fault.Kind == ProviderFaultKind.Rejected)
        {
            return false;
        }
    }

    /// <summary>Asks how a task stands.</summary>
    public static async Task<RunwayTask> FindAsync(RunwayClient client, string taskId, CancellationToken ct)
    {
        if (!RunwayTask.IsId(taskId)) throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Rejected, Retryable: false, Detail: "not a task's id"));
        var task = RunwayTask.Read(await client.AskAsync(HttpMethod.Get, $"/v1/tasks/{taskId}", null, ct));
        return task.Id == taskId ? task : throw ProviderFaults.Invalid("another task than the one asked for");
    }

    private static IReadOnlyDictionary<VideoVariant, Uri> NoLinks => new Dictionary<VideoVariant, Uri>();

    private static Uri Link(VideoTask task, VideoVariant variant) =>
        task.Links.GetValueOrDefault(variant)
        ?? throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Rejected, Retryable: false, Detail: $"no {variant} of this task"));
}
