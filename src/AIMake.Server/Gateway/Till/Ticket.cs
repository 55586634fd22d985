using AIMake.Credits;
using AIMake.Usage;

namespace AIMake.Gateway.Till;

/// <summary>Credits set aside for one call that is answered while its caller waits.</summary>
internal sealed class Ticket
{
    private long _delivered;
    private Tally? _tally;
    private int _ended;

    public required Guid Operation { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>The API key that asked; null for a signed-in user.</summary>
    public Guid? ApiKeyId { get; init; }

    public required Micro Ceiling { get; init; }

    /// <summary>Where the ceiling was found; null where the call has a hold of its own, or needs none.</summary>
    public Advance? Advance { get; init; }

    /// <summary>When it was opened, in ticks of the time provider.</summary>
    public required long Opened { get; init; }

    /// <summary>Something of it was noted beside its checkpoint.</summary>
    public bool Noted { get; set; }

    /// <summary>The first end stands, whatever comes after it, and even while it waits to be written.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    /// <summary>To be called once, before the first byte goes out of an answer that is delivered bit by bit.</summary>
    public void Begin(Tally tally) => Volatile.Write(ref _tally, tally);

    /// <summary>So much of the answer has reached the client, in the units of the tally; never less than before.</summary>
    public void Deliver(long units) => Volatile.Write(ref _delivered, units);

    /// <summary>What is charged and written should this server die now; null while nothing has been delivered.</summary>
    public (Micro Checkpoint, UsageEvent Event)? SoFar() =>
        Volatile.Read(ref _delivered) is > 0 and var units && Volatile.Read(ref _tally) is { } tally
            ? (Micro.Min(tally.Worth(units), Ceiling), tally.Event(units))
            : null;
}

/// <summary>The end of a ticket: what is charged, at most its ceiling, and what is written about it. No event: void.</summary>
internal sealed record TicketEnd(Ticket Ticket, Micro Charge, UsageEvent? Event);

/// <summary>What an answer has come to when so much of it is delivered.</summary>
/// <param name="Worth">In credits, before the ceiling; never less for more.</param>
/// <param name="Event">What is written about it.</param>
internal sealed record Tally(Func<long, Micro> Worth, Func<long, UsageEvent> Event);
