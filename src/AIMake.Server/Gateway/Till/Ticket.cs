using AIMake.Credits;
using AIMake.Usage;

namespace AIMake.Gateway.Till;

/// <summary>Credits set aside for one call that is answered while its caller waits.</summary>
internal sealed class Ticket
{
    private long _checkpoint;
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

    /// <summary>What has reached the client so far; charged should this server die. Never goes down, never above the ceiling.</summary>
    public Micro Delivered => new(Volatile.Read(ref _checkpoint));

    /// <summary>The first end stands, whatever comes after it, and even while it waits to be written.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    public void Deliver(Micro worth)
    {
        var wanted = Math.Min(worth.Value, Ceiling.Value);
        long known;
        while ((known = Volatile.Read(ref _checkpoint)) < wanted && Interlocked.CompareExchange(ref _checkpoint, wanted, known) != known)
        {
        }
    }
}

/// <summary>The end of a ticket: what is charged, at most its ceiling, and what is written about it. No event: void.</summary>
internal sealed record TicketEnd(Ticket Ticket, Micro Charge, UsageEvent? Event);
