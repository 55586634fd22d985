using System.Collections.Concurrent;
using AIMake.Credits;
using AIMake.Platform.Database;

namespace AIMake.Gateway.Till;

/// <summary>
/// Sets credits aside ahead for users who call without pause: a call then finds its ceiling in memory, and pays with one durable row.
/// An advance is a hold like any other and belongs to this process alone. It takes calls for about a second, then the next one does;
/// it is posted once it takes no more, so that posting never stands in the way of a call.
/// </summary>
internal sealed class Advances(Database database, ICreditLedger ledger, GatewayOptions options, TimeProvider time, ILogger<Advances> log) : IAdvances
{
    /// <summary>Calls within a second after which a user gets an advance.</summary>
    private const int BusyCalls = 3;
    private const int MostCalls = 16_384;

    /// <summary>Posted in one transaction, which has the accounts locked.</summary>
    private const int Bite = 32;

    private readonly ConcurrentDictionary<Guid, Tab> _tabs = new();

    /// <summary>Room for one call; null where there is none and the call has to ask for itself.</summary>
    public Advance? Take(Guid user, Micro ceiling)
    {
        var now = time.GetTimestamp();
        while (true)
        {
            var tab = _tabs.GetOrAdd(user, static (id, at) => new Tab(id, at), now);
            lock (tab.Gate)
            {
                if (!tab.Gone)
                {
                    return Take(tab, ceiling.Value, now);
                }
            }
        }
    }

    /// <summary>A call has ended: what it did not draw is there for the next.</summary>
    public void Give(Advance advance, Micro ceiling, Micro drawn)
    {
        lock (advance.Tab.Gate)
        {
            advance.Left += ceiling.Value - drawn.Value;
            advance.Promised -= ceiling.Value;
            advance.Calls--;
            advance.Drawn |= drawn > Micro.Zero;
            advance.Used = time.GetTimestamp();
        }
    }

    /// <summary>The database knows no such advance any more: this process was away for so long that it was swept.</summary>
    public static void Lost(Advance advance)
    {
        lock (advance.Tab.Gate)
        {
            Close(advance);
            advance.Tab.Open.Remove(advance);
        }
    }

    public async Task<bool> ReturnAsync(Guid userId, CancellationToken ct)
    {
        var posts = _tabs.TryGetValue(userId, out var tab) ? Return(tab) : [];
        await PostAsync(posts, ct);
        return posts.Count > 0;
    }

    /// <summary>Posts what takes no more calls and lets go of what nobody uses. To be called a few times a second.</summary>
    public async Task RoundAsync(CancellationToken ct)
    {
        var posts = new List<(Advance Advance, Micro? Keep)>();
        foreach (var tab in _tabs.Values)
        {
            lock (tab.Gate)
            {
                Turn(tab, time.GetTimestamp());
                posts.AddRange(tab.Open.Where(a => a.Closed && (a.Calls == 0 || a.Drawn)).Select(a => (a, a.Calls == 0 ? Micro.Zero : (Micro?)null)));
                tab.Open.ForEach(a => a.Drawn &= !a.Closed); // what is drawn from here on is for the next round
            }
        }

        await PostAsync(posts, ct);
    }

    /// <summary>Keeps the advances alive. One that has not been for half its lease takes no calls.</summary>
    public async Task RenewAsync(CancellationToken ct)
    {
        var now = time.GetTimestamp();
        var open = new List<Advance>();
        foreach (var tab in _tabs.Values)
        {
            lock (tab.Gate)
            {
                open.AddRange(tab.Open);
            }
        }

        if (open.Count > 0)
        {
            await database.TransactAsync(DbPurpose.Jobs, s => ledger.RenewAsync(s, [.. open.Select(a => (a.Id, Micro.Zero))], options.Lease, ct), ct);
            open.ForEach(a => a.Renewed = now);
        }
    }

    /// <summary>Ends all: the process stops, and no call runs any more.</summary>
    public Task EndAsync(CancellationToken ct) => PostAsync([.. _tabs.Values.SelectMany(Return)], ct);

    /// <summary>Takes back what no call was promised: what is to be kept of each.</summary>
    private static List<(Advance Advance, Micro? Keep)> Return(Tab tab)
    {
        List<(Advance Advance, Micro? Keep)> posts = [];
        lock (tab.Gate)
        {
            foreach (var advance in tab.Open)
            {
                if (advance.Calls == 0)
                {
                    Close(advance);
                }

                advance.Left = 0;
                posts.Add((advance, new Micro(advance.Promised)));
            }
        }

        return posts;
    }

    private Advance? Take(Tab tab, long ceiling, long now)
    {
        tab.Used = now;
        var busy = tab.Count(now, Ticks(TimeSpan.FromSeconds(1))) > BusyCalls;
        if (tab.Current is not { } current || current.Left < ceiling || now - current.Renewed > Ticks(options.Lease / 2))
        {
            if (busy)
            {
                Ask(tab, ceiling, now);
            }

            return null;
        }

        current.Left -= ceiling;
        current.Promised += ceiling;
        current.Calls++;
        current.Used = now;
        if (current.Left < current.Size / 4)
        {
            Ask(tab, ceiling, now);
        }

        return current;
    }

    /// <summary>The one that takes calls gives way to the next, or ends when nobody calls.</summary>
    private void Turn(Tab tab, long now)
    {
        if (tab.Current is { } current && now - current.Opened > Ticks(TimeSpan.FromSeconds(1)))
        {
            if (now - current.Used > Ticks(TimeSpan.FromMilliseconds(500)))
            {
                Close(current);
            }
            else if (current.Drawn)
            {
                Ask(tab, Math.Max(1, current.Size / tab.Calls), now);
            }
        }

        if (tab.Open.Count == 0 && !tab.Asking && now - tab.Used > Ticks(TimeSpan.FromSeconds(10)))
        {
            tab.Gone = _tabs.TryRemove(KeyValuePair.Create(tab.UserId, tab));
        }
    }

    private void Ask(Tab tab, long ceiling, long now)
    {
        if (!tab.Asking && now >= tab.AskAfter)
        {
            tab.Asking = true;
            _ = Task.Run(() => OpenAsync(tab, new Micro(ceiling)));
        }
    }

    private async Task OpenAsync(Tab tab, Micro ceiling)
    {
        var order = new AdvanceOrder(Guid.CreateVersion7(time.GetUtcNow()), tab.UserId, ceiling, ceiling * tab.Calls, options.Lease);
        var size = Micro.Zero;
        try
        {
            size = await database.TransactAsync(DbPurpose.Hot, s => ledger.OpenAdvanceAsync(s, order, CancellationToken.None), CancellationToken.None);
        }
        catch (DatabaseFaultException e)
        {
            GatewayLog.RoundFailed(log, e); // calls ask for themselves meanwhile
        }

        lock (tab.Gate)
        {
            Opened(tab, order.Id, size.Value, time.GetTimestamp());
        }
    }

    private void Opened(Tab tab, Guid id, long size, long now)
    {
        var second = Ticks(TimeSpan.FromSeconds(1));
        tab.Asking = false;
        if (tab.Current is { } before)
        {
            // It did not last for a second: the next is to be larger.
            tab.Calls = now - before.Opened < second ? Math.Min(tab.Calls * 4, MostCalls) : tab.Calls;
            Close(before);
        }

        if (size == 0)
        {
            tab.AskAfter = now + second;
            return;
        }

        tab.Current = new Advance(tab, id, size, now);
        tab.Open.Add(tab.Current);
    }

    private async Task PostAsync(List<(Advance Advance, Micro? Keep)> posts, CancellationToken ct)
    {
        foreach (var bite in posts.Chunk(Bite))
        {
            try
            {
                await database.TransactAsync(DbPurpose.Jobs, s => ledger.PostAsync(s, [.. bite.Select(p => (p.Advance.Id, p.Keep))], ct), ct);
            }
            catch
            {
                posts.ForEach(p => Each(p.Advance, a => a.Drawn = true));
                throw;
            }

            foreach (var (advance, _) in bite.Where(p => p.Keep == Micro.Zero))
            {
                Each(advance, a => a.Tab.Open.Remove(a));
            }
        }
    }

    private static void Each(Advance advance, Action<Advance> change)
    {
        lock (advance.Tab.Gate)
        {
            change(advance);
        }
    }

    private static void Close(Advance advance)
    {
        advance.Closed = true;
        if (advance.Tab.Current == advance)
        {
            advance.Tab.Current = null;
        }
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
