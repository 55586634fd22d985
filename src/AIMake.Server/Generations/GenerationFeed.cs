using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AIMake.Generations.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Http;

namespace AIMake.Generations;

/// <summary>
/// Live events for the web: transitions from the table, so that <c>Last-Event-ID</c> resumes without a gap, and progress
/// as it is signalled, which is not kept. Every event carries the generation's state, so a client needs no memory.
/// </summary>
internal sealed class GenerationFeed(Database database, GenerationService generations, GenerationSignals signals)
{
    /// <summary>What an event says of one generation.</summary>
    internal sealed record Tick(Guid Id, string Status, double Progress, string Stage);

    /// <summary>One generation until it has ended. Events: <c>progress</c>, <c>stage</c>, and <c>end</c> with the whole generation.</summary>
    /// <param name="after">Number of the last event seen; null starts with the present state.</param>
    public async IAsyncEnumerable<SseEvent> OfOneAsync(Guid userId, Guid id, long? after, string language, [EnumeratorCancellation] CancellationToken ct)
    {
        var channel = Channel.CreateUnbounded<GenerationSignal>();
        using var watching = signals.Watch(userId, s =>
        {
            if (s.Id == id || s.Id == Guid.Empty)
            {
                channel.Writer.TryWrite(s);
            }
        });
        var last = after ?? 0;
        var progress = 0.0;
        while (true)
        {
            foreach (var e in await database.ReadAsync(DbPurpose.Hot, s => GenerationStore.EventsAsync(s, userId, id, last, ct), ct))
            {
                last = e.Seq;
                yield return SseEvent.Json("stage", new Tick(id, e.Status, e.Ended ? Math.Round(e.Progress, 4) : progress, e.Stage), Number(e.Seq));
            }

            var view = await generations.FindAsync(userId, id, ct, language);
            if (view is null or { FinishedAt: not null })
            {
                if (view is not null)
                {
                    yield return SseEvent.Json("end", view, Number(last));
                }

                yield break;
            }

            progress = view.Progress;
            yield return SseEvent.Json("progress", new Tick(id, "running", progress, view.Stage) with { Status = Lower(view.Status) });
            await foreach (var tick in UntilTransitionAsync(channel.Reader, ct))
            {
                progress = tick.Progress;
                yield return SseEvent.Json("progress", tick);
            }
        }
    }

    /// <summary>All generations of a user, without end. Events: <c>progress</c> and <c>stage</c>.</summary>
    public async IAsyncEnumerable<SseEvent> OfUserAsync(Guid userId, long? after, [EnumeratorCancellation] CancellationToken ct)
    {
        var channel = Channel.CreateUnbounded<GenerationSignal>();
        using var watching = signals.Watch(userId, s => channel.Writer.TryWrite(s));
        var last = after ?? await database.ReadAsync(DbPurpose.Hot, s => s.SingleAsync<long>(GenerationsSql.LastEventOfUser, new { userId }, ct), ct);
        while (true)
        {
            foreach (var e in await database.ReadAsync(DbPurpose.Hot, s => GenerationStore.EventsOfUserAsync(s, userId, last, ct), ct))
            {
                last = e.Seq;
                yield return SseEvent.Json("stage", new Tick(e.GenerationId, e.Status, e.Ended ? Math.Round(e.Progress, 4) : 0, e.Stage), Number(e.Seq));
            }

            await foreach (var tick in UntilTransitionAsync(channel.Reader, ct))
            {
                yield return SseEvent.Json("progress", tick);
            }
        }
    }

    /// <summary>Progress until a signal says that the rows have changed.</summary>
    private static async IAsyncEnumerable<Tick> UntilTransitionAsync(ChannelReader<GenerationSignal> signals, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var signal in signals.ReadAllAsync(ct))
        {
            if (signal.Progress is not { } progress)
            {
                yield break;
            }

            yield return new Tick(signal.Id, "running", progress, signal.Stage);
        }
    }

    private static string Lower(GenerationStatus status) => status.ToString().ToLowerInvariant();

    private static string Number(long seq) => seq.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
