using System.Threading.Channels;
using AIMake.Speech.Storage;
using AIMake.Speech.Text;

namespace AIMake.Speech.Takes;

/// <summary>Reads a kept segment; null when it is gone.</summary>
internal delegate Task<SegmentSound?> KeptReader(SegmentRow row, CancellationToken ct);

/// <summary>
/// Hands out the sounds of a plan in order, while later ones are already being spoken, as many at once as the model allows.
/// What was kept is read, what stands twice in the text is spoken once.
/// </summary>
/// <param name="ownKeyOf">The user whose own key is used; null for ours.</param>
internal sealed class SegmentSource(SpeechPlan plan, IReadOnlyDictionary<SegmentDigest, SegmentRow> kept, SegmentSpeaker speaker, KeptReader readKept, Guid? ownKeyOf = null)
{
    /// <summary>Sounds that may be ready before they are taken, per segment being spoken.</summary>
    private const int AheadPerSpeaker = 4;

    private readonly Dictionary<SegmentDigest, SegmentRow> _kept = new(kept);
    private readonly Dictionary<SegmentDigest, Task<SegmentSound>> _recent = [];
    private readonly HashSet<SegmentDigest> _repeated = Repeated(plan.Segments);
    private readonly List<(SegmentDigest, SegmentSound)> _leftovers = [];
    private readonly Lock _lock = new();

    /// <summary>What was spoken ahead but not taken any more; complete once the enumeration has ended.</summary>
    public IReadOnlyList<(SegmentDigest Digest, SegmentSound Sound)> Leftovers => _leftovers;

    /// <summary>One sound for each segment, in order. Leaving the enumeration early stops the speaking.</summary>
    public async IAsyncEnumerable<SegmentSound> ReadAllAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var concurrency = plan.Offer.Model.Concurrency;
        var ahead = Channel.CreateBounded<Coming>(concurrency * AheadPerSpeaker);
        using var speaking = new SemaphoreSlim(concurrency);
        var producing = ProduceAsync(ahead.Writer, speaking, stop.Token);
        try
        {
            await foreach (var coming in ahead.Reader.ReadAllAsync(ct))
            {
                yield return await coming.Sound;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await producing;
            await DrainAsync(ahead.Reader, speaking, concurrency);
        }
    }

    /// <summary>From now on these are read from their pack instead of being held in memory.</summary>
    public void NowKept(IEnumerable<(SegmentDigest Digest, SegmentRow Row)> segments)
    {
        lock (_lock)
        {
            foreach (var (digest, row) in segments)
            {
                _kept[digest] = row;
                _recent.Remove(digest);
            }
        }
    }

    /// <summary>Never throws: what went wrong comes out of the channel.</summary>
    private async Task ProduceAsync(ChannelWriter<Coming> writer, SemaphoreSlim speaking, CancellationToken ct)
    {
        try
        {
            foreach (var priced in plan.Segments)
            {
                await writer.WriteAsync(new Coming(priced.Digest, await ResolveAsync(priced, speaking, ct)), ct);
            }

            writer.Complete();
        }
        catch (Exception e)
        {
            writer.Complete(e);
        }
    }

    private async Task<Task<SegmentSound>> ResolveAsync(PricedSegment priced, SemaphoreSlim speaking, CancellationToken ct)
    {
        SegmentRow? row;
        lock (_lock)
        {
            if (_recent.TryGetValue(priced.Digest, out var recent))
            {
                return AgainAsync(recent);
            }

            _kept.TryGetValue(priced.Digest, out row);
        }

        if (row is not null && await readKept(row, ct) is { } sound)
        {
            return Task.FromResult(sound);
        }

        await speaking.WaitAsync(ct);
        var task = SpeakAsync(priced.Segment, speaking, ct);
        if (_repeated.Contains(priced.Digest))
        {
            lock (_lock)
            {
                _recent[priced.Digest] = task;
            }
        }

        return task;
    }

    private async Task<SegmentSound> SpeakAsync(SpeechSegment segment, SemaphoreSlim speaking, CancellationToken ct)
    {
        try
        {
            return await speaker.SpeakAsync(segment, plan.Offer, plan.Work.Speed, ownKeyOf, ct);
        }
        finally
        {
            speaking.Release();
        }
    }

    private static async Task<SegmentSound> AgainAsync(Task<SegmentSound> first) => (await first) with { Spoken = false, CostMicroUsd = null };

    /// <summary>Waits until nobody speaks any more and keeps what nobody took: it may have cost money.</summary>
    private async Task DrainAsync(ChannelReader<Coming> reader, SemaphoreSlim speaking, int concurrency)
    {
        for (var i = 0; i < concurrency; i++)
        {
            await speaking.WaitAsync(CancellationToken.None);
        }

        while (reader.TryRead(out var left))
        {
            if (left.Sound is { IsCompletedSuccessfully: true, Result.Spoken: true })
            {
                _leftovers.Add((left.Digest, left.Sound.Result));
            }

            _ = left.Sound.Exception; // so that no failure stays unobserved
        }
    }

    private static HashSet<SegmentDigest> Repeated(IReadOnlyList<PricedSegment> segments)
    {
        var seen = new HashSet<SegmentDigest>();
        return [.. segments.Where(s => !seen.Add(s.Digest)).Select(s => s.Digest)];
    }

    private readonly record struct Coming(SegmentDigest Digest, Task<SegmentSound> Sound);
}
