namespace AIMake.Simulator.Tasks;

/// <summary>
/// Work that takes its time: it waits when first asked about, runs when asked again, and then has ended. What is said in the
/// order decides how: <c>[fail:CODE]</c> ends it badly with that code, <c>[never]</c> never ends it, <c>[stale]</c> makes the first link
/// be out of date, <c>[picture]</c> makes the film be a picture, <c>[half]</c> half of itself.
/// </summary>
/// <param name="Id">As the vendor spells ids.</param>
/// <param name="Key">Whose it is.</param>
internal sealed record SimulatedTask(string Id, string Key, string Words, DateTimeOffset CreatedAt)
{
    private const int AsksUntilDone = 2;
    private int _asked;
    private int _linked;
    private int _fineAsks;

    public required string Model { get; init; }

    public string Ratio { get; init; } = "";

    public int Seconds { get; init; } = 5;

    /// <summary>What it makes: a clip, or else a picture.</summary>
    public bool IsClip { get; init; } = true;

    /// <summary>Pictures it makes.</summary>
    public int Count { get; init; } = 1;

    /// <summary>What it will cost, in the vendor's credits.</summary>
    public decimal Credits { get; init; }

    /// <summary>The order as it came, for vendors that repeat it.</summary>
    public System.Text.Json.Nodes.JsonObject? Order { get; init; }

    public bool Canceled { get; set; }

    /// <summary>How often it was asked about: 0 it waits, 1 it runs, from 2 on it is over.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public bool Over => Asked > AsksUntilDone && !Words.Contains("[never]", StringComparison.Ordinal);

    /// <summary>The code it fails with; null when it succeeds.</summary>
    public string? Failure => Marked("fail:");

    public void Ask() => Interlocked.Increment(ref _asked);

    /// <summary>How often it was asked for in a finer size, this time included.</summary>
    public int AskFine() => Interlocked.Increment(ref _fineAsks);

    /// <summary>A new signature for a link; the first of a task marked so is stale from the start.</summary>
    public string Sign() => $"{(Interlocked.Increment(ref _linked) == 1 && Words.Contains("[stale]", StringComparison.Ordinal) ? "stale" : "good")}-{Guid.NewGuid():N}";

    private string? Marked(string mark)
    {
        var at = Words.IndexOf($"[{mark}", StringComparison.Ordinal);
        var end = at < 0 ? -1 : Words.IndexOf(']', at);
        return end < 0 ? null : Words[(at + mark.Length + 1)..end];
    }
}
