using System.Diagnostics.CodeAnalysis;

namespace AIMake.Platform.Faults;

/// <summary>A value or the <see cref="Fault"/> that stands in its way. Expected failures travel in it; bugs are thrown.</summary>
internal readonly struct Outcome<T>
{
    private readonly T? _value;

    private Outcome(T? value, Fault? fault)
    {
        _value = value;
        Fault = fault;
    }

    /// <summary>The failure, or null when there is a value.</summary>
    public Fault? Fault { get; }

    [MemberNotNullWhen(false, nameof(Fault))]
    public bool Ok => Fault is null;

    /// <summary>The value. Reading it from a failed outcome is a bug and throws.</summary>
    public T Value => Fault is null ? _value! : throw new FaultException(Fault);

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Fault fault) => new(default, fault);

    /// <summary>Carries on with the value, or hands the fault along.</summary>
    public Outcome<TNext> Then<TNext>(Func<T, Outcome<TNext>> next) => Fault is { } fault ? fault : next(_value!);

    public Outcome<TNext> Select<TNext>(Func<T, TNext> map) => Fault is { } fault ? fault : map(_value!);

    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Fault? fault)
    {
        value = _value;
        fault = Fault;
        return fault is null;
    }
}

/// <summary>The value of an <see cref="Outcome{T}"/> that only says it worked.</summary>
internal readonly record struct Done
{
    public static readonly Done Value;
}
