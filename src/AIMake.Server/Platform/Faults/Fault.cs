namespace AIMake.Platform.Faults;

/// <summary>Who is at fault: decides the tone of the message, whether a refund is due and whether anybody is paged.</summary>
internal enum FaultParty
{
    /// <summary>The request cannot be served as it stands; sending it again changes nothing.</summary>
    Caller,

    /// <summary>The account lacks credits.</summary>
    Funds,

    /// <summary>A provider outside this system refused, failed or took too long.</summary>
    Vendor,

    /// <summary>This system: overload, draining, storage or database out of reach, or a bug.</summary>
    Us,
}

/// <summary>One way of failing that callers may tell apart. The whole set is <see cref="FaultCodes"/>.</summary>
/// <param name="Code">UPPER_SNAKE name on the wire under <c>/api</c>; <c>/v1</c> spells it in lower case.</param>
/// <param name="Status">HTTP status it is answered with.</param>
/// <param name="Party">Who is at fault.</param>
/// <param name="En">English sentence; <c>{0}</c>… take the fault's arguments.</param>
/// <param name="Zh">The same sentence in simplified Chinese.</param>
internal sealed record FaultCode(string Code, int Status, FaultParty Party, string En, string Zh)
{
    public override string ToString() => Code;
}

/// <summary>An expected failure as a value: what went wrong, about which field, and when another try may help.</summary>
/// <param name="Code">The kind of failure.</param>
/// <param name="Args">Arguments of the message; numbers, names, limits and <see cref="Said"/>, never content or secrets.</param>
internal sealed record Fault(FaultCode Code, params object?[] Args)
{
    /// <summary>Name of the request member at fault, in its JSON spelling, e.g. <c>text</c> or <c>preferences.theme</c>.</summary>
    public string? Field { get; init; }

    /// <summary>When to come back; answered as <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Further faults found in the same request, so that all are told at once.</summary>
    public IReadOnlyList<Fault> Also { get; init; } = [];

    /// <summary>The sentence in the given language: <c>zh*</c> is Chinese, anything else English.</summary>
    public string Message(string language) =>
        string.Format(
            System.Globalization.CultureInfo.InvariantCulture,
            new Said(Code.En, Code.Zh).In(language),
            [.. Args.Select(a => a is Said said ? said.In(language) : a)]);

    /// <summary>A member that does not fit, and why.</summary>
    /// <param name="field">Its JSON name.</param>
    public static Fault Invalid(string field, Said why) => new(FaultCodes.FieldInvalid, field, why) { Field = field };

    /// <summary>A request that does not fit as a whole, and why.</summary>
    public static Fault Invalid(Said why) => new(FaultCodes.InvalidRequest, why);

    public bool Equals(Fault? other) =>
        other is not null && Code == other.Code && Field == other.Field && Args.SequenceEqual(other.Args);

    public override int GetHashCode() => HashCode.Combine(Code, Field, Args.Length);
}

/// <summary>Carries a <see cref="Fault"/> through code that cannot return one (streams, middleware, callbacks).</summary>
internal sealed class FaultException(Fault fault, Exception? inner = null) : Exception(fault.Code.Code, inner)
{
    public Fault Fault { get; } = fault;
}
