using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AIMake.Credits;

/// <summary>
/// An amount of credits in whole micro-credits (1 credit = 1,000,000). On the wire a decimal number with at most six
/// places. Arithmetic is checked; there is no floating point anywhere near it.
/// </summary>
[JsonConverter(typeof(MicroJsonConverter))]
public readonly record struct Micro(long Value) : IComparable<Micro>
{
    public const long PerCredit = 1_000_000;

    public static readonly Micro Zero;

    /// <summary>Credits as people write them.</summary>
    public decimal Credits => Value / (decimal)PerCredit;

    /// <exception cref="OverflowException">More than six places, or out of range.</exception>
    public static Micro FromCredits(decimal credits)
    {
        var scaled = credits * PerCredit;
        return decimal.Truncate(scaled) == scaled
            ? new Micro(checked((long)scaled))
            : throw new OverflowException("Credits have at most six decimal places.");
    }

    public static Micro operator +(Micro a, Micro b) => new(checked(a.Value + b.Value));

    public static Micro operator -(Micro a, Micro b) => new(checked(a.Value - b.Value));

    public static Micro operator *(Micro a, long n) => new(checked(a.Value * n));

    public static bool operator <(Micro a, Micro b) => a.Value < b.Value;

    public static bool operator >(Micro a, Micro b) => a.Value > b.Value;

    public static bool operator <=(Micro a, Micro b) => a.Value <= b.Value;

    public static bool operator >=(Micro a, Micro b) => a.Value >= b.Value;

    public static Micro Min(Micro a, Micro b) => a <= b ? a : b;

    public static Micro Max(Micro a, Micro b) => a >= b ? a : b;

    public int CompareTo(Micro other) => Value.CompareTo(other.Value);

    public override string ToString() => Credits.ToString("0.######", CultureInfo.InvariantCulture);
}

internal sealed class MicroJsonConverter : JsonConverter<Micro>
{
    public override Micro Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var credits)
                ? Micro.FromCredits(credits)
                : throw new JsonException();
        }
        catch (OverflowException)
        {
            throw new JsonException();
        }
    }

    public override void Write(Utf8JsonWriter writer, Micro value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.ToString());
}
