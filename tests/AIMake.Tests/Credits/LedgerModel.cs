using AIMake.Credits;

namespace AIMake.Tests.Credits;

/// <summary>
/// What the ledger promises, in the plainest code: one account, no database, no batches. Amounts are micro-credits. Written
/// from the rules, not from the functions.
/// </summary>
internal sealed class LedgerModel(DateTimeOffset opened, long allowance)
{
    private int _period = -1;
    private int _seen;

    public List<Lot> Lots { get; } = [];

    public Dictionary<Guid, Hold> Holds { get; } = [];

    public long Debt { get; private set; }

    public long Available => Lots.Sum(l => l.Remaining - l.Held);

    public long Held => Lots.Sum(l => l.Held);

    public static LedgerModel Open(DateTimeOffset now, long allowance)
    {
        var model = new LedgerModel(now, allowance);
        model.Refresh(now);
        return model;
    }

    /// <summary>Null: held, or the same order as before. Else how much could have been held.</summary>
    public (bool Held, long Spendable, long Owed) TryHold(Guid operation, long amount, DateTimeOffset? lease, DateTimeOffset now)
    {
        Refresh(now);
        var usable = Usable(now).ToList();
        var spendable = usable.Sum(l => l.Remaining - l.Held);
        if (Holds.ContainsKey(operation))
        {
            return (true, spendable, Debt);
        }

        if ((amount > 0 && Debt > 0) || amount > spendable)
        {
            return (false, spendable, Debt);
        }

        var hold = new Hold { Amount = amount, Lease = lease };
        foreach (var lot in usable)
        {
            var part = Math.Min(amount, lot.Remaining - lot.Held);
            if (part > 0)
            {
                (lot.Held, amount) = (lot.Held + part, amount - part);
                hold.Parts.Add((lot, part));
            }
        }

        Holds[operation] = hold;
        return (true, spendable, Debt);
    }

    /// <summary>How many open holds have outlived their lease.</summary>
    public int Due(DateTimeOffset now) => Holds.Values.Count(h => h.Open && h.Lease <= now);

    public void Renew(Guid operation, long checkpoint, DateTimeOffset lease)
    {
        var hold = Holds[operation];
        if (hold.Open)
        {
            hold.Checkpoint = Math.Max(hold.Checkpoint, Math.Min(checkpoint, hold.Amount));
            hold.Lease = hold.Lease is null || hold.Lease > lease ? hold.Lease : lease;
        }
    }

    public int Sweep(DateTimeOffset now) => Resolve(
        [.. Holds.Where(h => h.Value.Open && h.Value.Lease <= now).Select(h => (h.Key, h.Value.Checkpoint == 0 ? (long?)null : h.Value.Checkpoint))], now);

    public bool Grant(string key, long amount, int priority, DateTimeOffset? expires, DateTimeOffset now)
    {
        if (Lots.Any(l => l.Key == key))
        {
            return false;
        }

        var repaid = Math.Min(Debt, amount);
        Debt -= repaid;
        Lots.Add(new Lot(key, priority, expires, _seen++) { Remaining = amount - repaid });
        return true;
    }

    public long Withdraw(long amount, string? first, bool toDebt, DateTimeOffset now)
    {
        Refresh(now);
        var taken = Take(amount, first, now);
        if (toDebt)
        {
            Debt += amount - taken;
            return amount;
        }

        return taken;
    }

    /// <summary>Time acts: expired lots lose what is free, a new month brings its allowance.</summary>
    public void Refresh(DateTimeOffset now)
    {
        foreach (var lot in Lots.Where(l => l.Expires <= now))
        {
            lot.Remaining = lot.Held;
        }

        var period = Enumerable.Range(0, 100).Last(n => opened.AddMonths(n) <= now);
        if (period > _period && allowance > 0)
        {
            Grant($"period {period}", allowance, 10, opened.AddMonths(period + 1), now);
        }

        _period = period;
    }

    /// <summary>Ends holds together; then what came free is dealt with. A charge of null voids.</summary>
    public int Resolve(List<(Guid Operation, long? Charge)> ends, DateTimeOffset now)
    {
        var touched = new List<Lot>();
        var count = 0;
        foreach (var (operation, charge) in ends)
        {
            var hold = Holds[operation];
            if (!hold.Open)
            {
                continue;
            }

            hold.Open = false;
            count++;
            var left = charge ?? 0;
            foreach (var (lot, part) in hold.Parts)
            {
                var spent = Math.Min(left, part);
                left -= spent;
                lot.Held -= part;
                lot.Remaining -= spent;
                lot.Spent += spent;
                touched.Add(lot);
            }
        }

        // What comes back to an expired lot is gone at once.
        if (touched.Any(l => l.Expires <= now && l.Remaining > l.Held))
        {
            Refresh(now);
        }

        if (count > 0)
        {
            Debt -= Take(Debt, null, now);
        }

        return count;
    }

    /// <summary>Opens an advance; answers its size.</summary>
    public long OpenAdvance(Guid id, long ceiling, long wanted, DateTimeOffset lease, DateTimeOffset now)
    {
        // The door looks at what is free before time has acted; the hold behind it may still refuse.
        var size = Math.Min(wanted, Available / 16);
        if (size < ceiling * 4 || !TryHold(id, size, lease, now).Held)
        {
            return 0;
        }

        Holds[id].Advance = true;
        return size;
    }

    /// <summary>False: the advance has ended.</summary>
    public bool Draw(Guid id, long amount)
    {
        var hold = Holds[id];
        hold.Checkpoint += hold.Open ? amount : 0;
        return hold.Open;
    }

    /// <summary>Charges what was drawn, lot by lot, and leaves at most <paramref name="keep"/> set aside.</summary>
    public void Post(Guid id, long? keep, DateTimeOffset now)
    {
        var hold = Holds[id];
        if (!hold.Open)
        {
            return;
        }

        var (spend, rest) = (hold.Checkpoint, Math.Min(keep ?? long.MaxValue, hold.Amount - hold.Checkpoint));
        (hold.Amount, hold.Checkpoint, hold.Open) = (rest, 0, keep != 0);
        var lapsed = false;
        foreach (var (lot, part) in hold.Parts.ToList())
        {
            var spent = Math.Min(spend, part);
            var kept = Math.Min(rest, part - spent);
            (spend, rest) = (spend - spent, rest - kept);
            lot.Held -= part - kept;
            lot.Remaining -= spent;
            lot.Spent += spent;
            lapsed |= kept < part && lot.Expires <= now && lot.Remaining > lot.Held;
            hold.Parts.Remove((lot, part));
            if (kept > 0)
            {
                hold.Parts.Add((lot, kept));
            }
        }

        if (lapsed)
        {
            Refresh(now);
        }

        Debt -= Take(Debt, null, now);
    }

    private long Take(long amount, string? first, DateTimeOffset now)
    {
        var left = amount;
        foreach (var lot in Lots.Where(l => !(l.Expires <= now)).OrderByDescending(l => l.Key == first).ThenBy(l => l.Priority)
            .ThenBy(l => l.Expires ?? DateTimeOffset.MaxValue).ThenBy(l => l.Age))
        {
            var part = Math.Min(left, lot.Remaining - lot.Held);
            (lot.Remaining, left) = (lot.Remaining - part, left - part);
        }

        return amount - left;
    }

    private IEnumerable<Lot> Usable(DateTimeOffset now) => Lots.Where(l => !(l.Expires <= now))
        .OrderBy(l => l.Priority).ThenBy(l => l.Expires ?? DateTimeOffset.MaxValue).ThenBy(l => l.Age);

    internal sealed class Lot(string key, int priority, DateTimeOffset? expires, int age)
    {
        public string Key => key;

        public int Priority => priority;

        public DateTimeOffset? Expires => expires;

        public int Age => age;

        public long Remaining { get; set; }

        public long Held { get; set; }

        public long Spent { get; set; }
    }

    internal sealed class Hold
    {
        public required long Amount { get; set; }

        public bool Advance { get; set; }

        public required DateTimeOffset? Lease { get; set; }

        public long Checkpoint { get; set; }

        public bool Open { get; set; } = true;

        public List<(Lot Lot, long Part)> Parts { get; } = [];
    }
}
