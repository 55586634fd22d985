namespace AIMake.Providers.Runway;

/// <summary>Pictures from words and up to three pictures to refer to. One task makes one picture; it is waited for here.</summary>
internal sealed class RunwayImageProvider(RunwayClient client, TimeProvider time) : IImageProvider
{
    private const int MostReferences = 3;
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(10);

    public async Task<ImageAnswer> GenerateAsync(ImageRequest request, CancellationToken ct)
    {
        if (request.Count != 1) throw Refused("one picture at a time");
        if (request.Mask is not null || request.Sources?.Count > MostReferences) throw Refused($"at most {MostReferences} pictures to refer to, and no mask");
        var (media, references) = (new RunwayMedia(client), new List<string>());
        foreach (var source in request.Sources ?? []) references.Add(await media.PlaceAsync(source, ct));
        var order = RunwayBody.Image(request, references);
        var id = RunwayTask.ReadId(await PaidOrder.PlaceAsync(() => client.AskAsync(HttpMethod.Post, "/v1/text_to_image", order, ct)));
        var task = await PaidOrder.WaitAsync(() => EndedAsync(id, ct), AskEvery, AskEvery, GiveUpAfter, time, ct);
        return task.Fault is { } fault
            ? throw new ProviderException(fault)
            : new ImageAnswer([await PaidOrder.RedeemAsync(() => FetchAsync(task, ct))], task.Usage);
    }

    private async Task<RunwayTask?> EndedAsync(string id, CancellationToken ct)
    {
        var task = await RunwayVideoProvider.FindAsync(client, id, ct);
        return task.State is VideoTaskState.Succeeded or VideoTaskState.Failed ? task : null;
    }

    private async Task<MediaOutput> FetchAsync(RunwayTask task, CancellationToken ct)
    {
        await using var body = await OpenAsync(task, ct);
        return await MadeMedia.ReadAsync(body, ct);
    }

    private async Task<Stream> OpenAsync(RunwayTask task, CancellationToken ct)
    {
        try
        {
            return await client.FetchAsync(task.Outputs[0], ct);
        }
        catch (ProviderException e) when (e.Fault is { Kind: ProviderFaultKind.Lost, Stage: ProviderStage.FirstByte })
        {
            var again = await RunwayVideoProvider.FindAsync(client, task.Id, ct); // a stale link: asking signs another
            return await client.FetchAsync(again.Outputs.Count > 0 ? again.Outputs[0] : task.Outputs[0], ct);
        }
    }

    private static ProviderException Refused(string detail) => new(new(ProviderStage.Connect, ProviderParty.Caller, ProviderFaultKind.Rejected, Retryable: false, Detail: detail));
}
