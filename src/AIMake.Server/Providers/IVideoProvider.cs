namespace AIMake.Providers;

/// <summary>
/// One way of making video: submit, poll until it has ended, fetch. Submitting is the paid step and is never repeated by an
/// adapter; the task's id is kept with the key that started it.
/// </summary>
internal interface IVideoProvider
{
    /// <summary>Starts a task. A failure whose <see cref="ProviderFault.Stage"/> is past <see cref="ProviderStage.Connect"/> may have started one all the same.</summary>
    Task<VideoTask> SubmitAsync(VideoRequest request, CancellationToken ct);

    /// <summary>How the task stands. Failures of asking are <see cref="ProviderException"/>; a failed task is a state, not a failure.</summary>
    Task<VideoTask> PollAsync(string taskId, CancellationToken ct);

    /// <summary>The finished file. The vendor's links go stale: fetch soon after success. The caller disposes the stream.</summary>
    Task<Stream> FetchAsync(VideoTask task, VideoVariant variant, CancellationToken ct);

    /// <summary>Ends a task where the vendor can; false where it cannot or it was over.</summary>
    Task<bool> CancelAsync(string taskId, CancellationToken ct) => Task.FromResult(false);

    /// <summary>How soon to ask again, at first and at most.</summary>
    (TimeSpan First, TimeSpan Most) PollEvery => (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30));
}

/// <param name="Model">The vendor's model id.</param>
/// <param name="Image">First frame, for image to video.</param>
/// <param name="Resolution"><c>720p</c>, <c>1080p</c>; null lets the vendor choose.</param>
/// <param name="Ratio"><c>16:9</c>, <c>9:16</c> …; null lets the vendor choose.</param>
/// <param name="Seconds">Length; null lets the vendor choose.</param>
/// <param name="Options">What only this vendor knows (an avatar, a voice, a seed), by its own names.</param>
internal sealed record VideoRequest(
    string Model, string Prompt, MediaInput? Image = null, string? Resolution = null, string? Ratio = null, int? Seconds = null,
    IReadOnlyDictionary<string, string>? Options = null);

internal enum VideoTaskState
{
    Queued,
    Running,
    Succeeded,
    Failed,
}

internal enum VideoVariant
{
    /// <summary>The clip as made.</summary>
    Video,

    /// <summary>The same in 1080p, where the vendor makes it on request.</summary>
    Video1080,

    /// <summary>A still.</summary>
    Thumbnail,
}

/// <summary>A task as the vendor reports it.</summary>
/// <param name="Id">The vendor's id.</param>
/// <param name="Progress">0 to 1, as far as the vendor says.</param>
/// <param name="Links">Addresses of what was made, by variant; empty before success. Never shown to users.</param>
/// <param name="Fault">Why it failed; null otherwise.</param>
internal sealed record VideoTask(
    string Id, VideoTaskState State, double Progress, IReadOnlyDictionary<VideoVariant, Uri> Links,
    ProviderFault? Fault = null, ProviderUsage? Usage = null);
