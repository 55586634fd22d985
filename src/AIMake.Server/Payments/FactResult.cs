namespace AIMake.Payments;

/// <summary>What became of a fact.</summary>
internal enum FactVerdict
{
    /// <summary>It took effect now.</summary>
    Applied,

    /// <summary>It had before, or changes nothing.</summary>
    Known,

    /// <summary>It speaks of something not heard of yet; it is tried again.</summary>
    Waits,

    /// <summary>It contradicts what was ordered. Nothing changed; a person looks.</summary>
    Refused,
}

/// <summary>What became of a fact, and why.</summary>
/// <param name="Why">For operators: ids and figures, no names. Null where it took effect.</param>
/// <param name="WaitsFor">Whose arrival should wake it, e.g. <c>payment:pi_1</c>.</param>
internal sealed record FactResult(FactVerdict Verdict, string? Why = null, string? WaitsFor = null)
{
    public Guid? OrderId { get; init; }

    public Guid? UserId { get; init; }

    /// <summary>Its user has deleted their account: it counted, and what it says of them is not kept.</summary>
    public bool UserIsGone { get; init; }

    /// <summary>Events that were waiting for this one are due now.</summary>
    public bool Woke { get; init; }

    public static FactResult Refused(string why) => new(FactVerdict.Refused, why);

    public static FactResult Waiting(string kind, string id) => new(FactVerdict.Waits, $"{kind} {id} is not known yet", Key(kind, id));

    /// <summary>Somebody has to say whose it is.</summary>
    public static FactResult Lost(string why) => new(FactVerdict.Waits, why);

    public static string Key(string kind, string id) => $"{kind}:{id}";
}
