using System.Text.Json;
using AIMake.Providers.Declarative.Calls;

namespace AIMake.Providers.Declarative;

/// <summary>Makes video through a provider described by a file.</summary>
internal sealed class DeclarativeVideos(ProviderDescription description, VideoSeam seam, Func<TemplateValues> fresh, DeclarativeCaller caller) : IVideoProvider
{
    private static readonly IReadOnlyDictionary<VideoVariant, Uri> NoLinks = new Dictionary<VideoVariant, Uri>();

    private readonly PollDescription _poll = seam.Call.Poll!;

    public (TimeSpan First, TimeSpan Most) PollEvery => (_poll.Every, _poll.AtMost);

    public async Task<VideoTask> SubmitAsync(VideoRequest request, CancellationToken ct)
    {
        var answer = await PaidOrder.PlaceAsync(() => caller.AskAsync(seam.Call.Request, Values(request), ct));
        return new VideoTask(_poll.TaskId(answer), VideoTaskState.Queued, 0, NoLinks);
    }

    public async Task<VideoTask> PollAsync(string taskId, CancellationToken ct)
    {
        var values = About(taskId);
        var answer = await caller.AskAsync(_poll.Request, values, ct);
        switch (_poll.StateOf(answer))
        {
            case VideoTaskState.Succeeded:
                return Succeeded(taskId, _poll.Result is { } result ? await caller.AskAsync(result, values, ct) : answer);
            case VideoTaskState.Failed:
                return new VideoTask(taskId, VideoTaskState.Failed, 0, NoLinks, description.Rules.JudgeFailed(answer), seam.Call.Usage.Read(answer, ProviderUsage.None));
            case var state:
                return new VideoTask(taskId, state, _poll.ProgressIn(answer), NoLinks);
        }
    }

    /// <summary>A link that has gone stale is asked for once more: the vendor signs new ones.</summary>
    public async Task<Stream> FetchAsync(VideoTask task, VideoVariant variant, CancellationToken ct)
    {
        try
        {
            return await caller.FetchAsync(Link(task, variant), ct);
        }
        catch (ProviderException e) when (e.Fault is { Kind: ProviderFaultKind.Lost, Stage: ProviderStage.FirstByte })
        {
            return await caller.FetchAsync(Link(await PollAsync(task.Id, ct), variant), ct);
        }
    }

    public async Task<bool> CancelAsync(string taskId, CancellationToken ct)
    {
        if (seam.Cancel is null) return false;
        var values = About(taskId);
        try
        {
            using var response = await caller.SendAsync(seam.Cancel, values, ct);
            return true;
        }
        catch (ProviderException e) when (e.Fault.Kind == ProviderFaultKind.Rejected)
        {
            return false;
        }
    }

    private TemplateValues About(string id)
    {
        if (!PollDescription.IsId(id)) throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Rejected, Retryable: false, Detail: "not a task id"));
        var values = fresh();
        values["task"] = id;
        return values;
    }

    private static string Link(VideoTask task, VideoVariant variant) =>
        task.Links.TryGetValue(variant, out var link) ? link.AbsoluteUri
        : throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Provider, ProviderFaultKind.Rejected, Retryable: false, Detail: $"no {variant} to fetch"));

    private VideoTask Succeeded(string taskId, JsonElement answer)
    {
        var links = new Dictionary<VideoVariant, Uri>();
        foreach (var (variant, path) in seam.Links)
            if (path.Word(answer) is { } link) links[variant] = caller.LinkOf(link);
        if (!links.ContainsKey(VideoVariant.Video)) throw ProviderFaults.Invalid("succeeded without a link");
        return new VideoTask(taskId, VideoTaskState.Succeeded, 1, links, null, seam.Call.Usage.Read(answer, new ProviderUsage { Count = 1 }));
    }

    private TemplateValues Values(VideoRequest request)
    {
        var values = fresh();
        values["model"] = request.Model;
        values["prompt"] = request.Prompt;
        values["resolution"] = request.Resolution;
        values["ratio"] = request.Ratio;
        values["seconds"] = request.Seconds;
        values["image"] = request.Image;
        foreach (var (name, value) in request.Options ?? new Dictionary<string, string>()) values[$"options.{name}"] = value;
        return values;
    }
}
