using System.Runtime.CompilerServices;
using AIMake.Platform.Outbound;
using AIMake.Providers.Audio;

namespace AIMake.Providers.Tencent;

/// <summary>
/// Long texts: <c>CreateTtsTask</c>, then <c>DescribeTtsTaskStatus</c> at growing intervals, then the file from the vendor's
/// store. Creating is the paid step and done once.
/// </summary>
internal sealed class TencentTask(TencentClient client, OutboundHttp http, TimeProvider time)
{
    /// <summary>The model id that asks for a task.</summary>
    public const string Model = "CreateTtsTask";

    /// <summary>The highest rate tasks have.</summary>
    private const int SampleRate = 16_000;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    /// <summary>The vendor promises three hours.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(4);

    private static readonly OutboundLimits Small = new() { MaxBytes = 4 << 20 };

    private enum Status
    {
        Waiting = 0,
        Doing = 1,
        Success = 2,
        Failed = 3,
    }

    /// <param name="Link">To the sound; null where the task failed.</param>
    private sealed record Ended(string? Link);

    public async IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, [EnumeratorCancellation] CancellationToken ct)
    {
        var characters = request.Text.EnumerateRunes().Count();
        var id = await PaidOrder.PlaceAsync(() => CreateAsync(request, ct));
        var link = await WaitAsync(id, ct);
        await using var file = await PaidOrder.RedeemAsync(() => FetchedStream.OpenAsync(http, Link(link), time, ct, new() { MaxBytes = (60L + characters) * SampleRate * 2 }, "audio/"));
        await foreach (var chunk in PcmBody.ReadAsync(file, SampleRate, rawAllowed: false, ct)) yield return chunk;
        yield return new SpeechChunk(ReadOnlyMemory<byte>.Empty, SampleRate, new SpeechUsage(characters, null));
    }

    private async Task<string> CreateAsync(SpeechSynthesis request, CancellationToken ct)
    {
        using var answer = await client.CallAsync("CreateTtsTask", json => TencentSpeechBody.Write(json, request, PlainText.WithoutTags(request.Text), SampleRate, "wav"), Small, ct);
        return TencentClient.Result(answer).Member("Data").Text("TaskId") is { Length: > 0 and <= 128 } id ? id : throw ProviderFaults.Invalid("a task without an id");
    }

    /// <summary>A task that failed cost nothing and may be ordered anew; after any other trouble it may yet be made, and is not.</summary>
    private async Task<string> WaitAsync(string id, CancellationToken ct)
    {
        var ended = await PaidOrder.WaitAsync(() => AskAsync(id, ct), FirstWait, LongestWait, Patience, time, ct);
        return ended.Link
            ?? throw new ProviderException(new(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.ServerError, Retryable: true, Detail: "the task failed"));
    }

    private async Task<Ended?> AskAsync(string id, CancellationToken ct)
    {
        using var answer = await client.CallAsync("DescribeTtsTaskStatus", json => json.WriteString("TaskId", id), Small, ct);
        var task = TencentClient.Result(answer).Member("Data");
        return (Status?)task.Whole("Status") switch
        {
            Status.Success => new Ended(task.Text("ResultUrl") ?? ""),
            Status.Failed => new Ended(null),
            null => throw ProviderFaults.Invalid("a task without a status"),
            _ => null,
        };
    }

    /// <summary>Only the vendor's own store is believed, or the host that was asked, where it is not the vendor's.</summary>
    private Uri Link(string given)
    {
        if (!Uri.TryCreate(given, UriKind.Absolute, out var link)) throw ProviderFaults.Invalid("a finished task without a link");
        var store = link.Scheme == Uri.UriSchemeHttps && link.IdnHost.EndsWith(".myqcloud.com", StringComparison.OrdinalIgnoreCase);
        return store || (link.Scheme == client.Endpoint.BaseUrl.Scheme && link.Authority == client.Endpoint.BaseUrl.Authority)
            ? link
            : throw ProviderFaults.Invalid("a link that leads to neither the vendor nor its store");
    }
}
