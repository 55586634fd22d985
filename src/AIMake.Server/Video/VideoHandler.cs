using AIMake.Generations;
using AIMake.Video.Making;

namespace AIMake.Video;

/// <summary>
/// Makes ordered videos. A run orders, or asks how the order stands, or takes over what was made, and then comes back later
/// without holding a thread. Once a vendor has taken an order its task is a step of the generation: every later run asks about
/// that task, with the key that began it, and no run orders again.
/// </summary>
internal sealed class VideoHandler(OrderDesk desk, TaskWatch watch) : IGenerationHandler
{
    public string Kind => VideoWork.Kind;

    public Task<RunResult> RunAsync(GenerationRun run, CancellationToken ct)
    {
        var work = VideoWork.Of(run.Request);
        return OrderDesk.TicketOf(run) is { } ticket ? watch.LookAsync(run, work, ticket, ct) : desk.PlaceAsync(run, work, ct);
    }
}
