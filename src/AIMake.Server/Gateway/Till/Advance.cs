namespace AIMake.Gateway.Till;

/// <summary>Credits of one user set aside ahead, as this process sees them. Amounts in micro-credits; members are read and changed under the tab's lock.</summary>
internal sealed class Advance(Tab tab, Guid id, long size, long now)
{
    public Tab Tab { get; } = tab;

    public Guid Id { get; } = id;

    public long Size { get; } = size;

    /// <summary>Promised to nobody.</summary>
    public long Left { get; set; } = size;

    /// <summary>Ceilings of running calls.</summary>
    public long Promised { get; set; }

    public int Calls { get; set; }

    /// <summary>Something was drawn and not posted.</summary>
    public bool Drawn { get; set; }

    /// <summary>Takes no more calls; ends with the last one.</summary>
    public bool Closed { get; set; }

    /// <summary>In ticks of the time provider, as the next two.</summary>
    public long Opened { get; } = now;

    public long Renewed { get; set; } = now;

    public long Used { get; set; } = now;
}

/// <summary>A user's advances: one that takes calls, and older ones whose last calls still run. Also the lock of all of them.</summary>
internal sealed class Tab(Guid userId, long now)
{
    private int _recent;
    private long _since = now;

    public Guid UserId { get; } = userId;

    public Lock Gate { get; } = new();

    public Advance? Current { get; set; }

    public List<Advance> Open { get; } = [];

    /// <summary>An advance is being asked for.</summary>
    public bool Asking { get; set; }

    /// <summary>Not worth asking again before this, in ticks.</summary>
    public long AskAfter { get; set; } = now;

    /// <summary>How many calls the next advance is to last for.</summary>
    public int Calls { get; set; } = 64;

    /// <summary>Taken out of the list: look again.</summary>
    public bool Gone { get; set; }

    public long Used { get; set; } = now;

    /// <summary>Counts a call, and says how many there were since a moment that is at most a second ago.</summary>
    public int Count(long now, long second)
    {
        if (now - _since > second)
        {
            (_since, _recent) = (now, 0);
        }

        return ++_recent;
    }
}
