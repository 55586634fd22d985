using System.Globalization;
using AIMake.Accounts;
using AIMake.Platform.Faults;
using Microsoft.AspNetCore.Mvc;

namespace AIMake.Usage;

/// <summary>The query of every statistic.</summary>
public sealed class UsageParameters
{
    /// <summary>First day as <c>YYYY-MM-DD</c>, UTC. When absent 30 days up to <c>to</c>; for months, twelve of them.</summary>
    [FromQuery(Name = "from")]
    public string? From { get; init; }

    /// <summary>Last day as <c>YYYY-MM-DD</c>, UTC, included. Today when absent.</summary>
    [FromQuery(Name = "to")]
    public string? To { get; init; }

    /// <summary>Only this kind of work: <c>speech</c>, <c>chat</c>, <c>embedding</c>, <c>transcription</c>, <c>image</c> or <c>video</c>.</summary>
    [FromQuery(Name = "service")]
    public string? Service { get; init; }

    /// <summary>Only this model.</summary>
    [FromQuery(Name = "model")]
    public string? Model { get; init; }

    /// <summary>True: everybody's, for admins. The caller's own when absent.</summary>
    [FromQuery(Name = "everyone")]
    public bool? Everyone { get; init; }
}

/// <summary>What is asked of the books, checked.</summary>
/// <param name="UserId">Null for everybody.</param>
/// <param name="From">First day, UTC.</param>
/// <param name="To">Last day, UTC, included.</param>
/// <param name="WithCost">Whether the answer may say what it cost us.</param>
internal sealed record UsageQuery(Guid? UserId, DateOnly From, DateOnly To, string? Service, string? Model, bool WithCost)
{
    /// <summary>Longest span of an answer by days.</summary>
    public const int MostDays = 400;

    /// <summary>Longest span of the others: ten years.</summary>
    public const int MostDaysInAll = 3_660;
    private const int LongestName = 200;

    /// <summary>The last thirty days when nothing is said.</summary>
    public static Outcome<UsageQuery> Days(UsageParameters p, CurrentCaller caller, DateOnly today, int most = MostDays) =>
        Read(p, caller, today, to => to.AddDays(-29), most);

    /// <summary>Twelve months when nothing is said, the current one among them.</summary>
    public static Outcome<UsageQuery> Months(UsageParameters p, CurrentCaller caller, DateOnly today) =>
        Read(p, caller, today, to => new DateOnly(to.Year, to.Month, 1).AddMonths(-11), MostDaysInAll);

    private static Outcome<UsageQuery> Read(UsageParameters p, CurrentCaller caller, DateOnly today, Func<DateOnly, DateOnly> begin, int most)
    {
        if (p.Everyone == true && !caller.IsAdmin)
        {
            return new Fault(FaultCodes.Forbidden);
        }

        if (!Day(p.To, "to", today).TryGet(out var to, out var fault) || !Day(p.From, "from", null).TryGet(out var from, out fault))
        {
            return fault;
        }

        var (last, first) = (to ?? today, from ?? begin(to ?? today));
        if (first > last)
        {
            return Fault.Invalid("to", new Said("must not be before from", "不能早于 from"));
        }

        if (last.DayNumber - first.DayNumber >= most)
        {
            return Fault.Invalid("from", new Said($"at most {most} days at once", $"一次最多 {most} 天"));
        }

        return (Name(p.Service, "service") ?? Name(p.Model, "model")) is { } wrong
            ? wrong
            : new UsageQuery(p.Everyone == true ? null : caller.UserId, first, last, Some(p.Service), Some(p.Model), caller.IsAdmin);
    }

    /// <summary>Years near the ends of the calendar have no day before or after: they are nobody's.</summary>
    private static Outcome<DateOnly?> Day(string? text, string field, DateOnly? absent) =>
        string.IsNullOrEmpty(text) ? absent
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 2000 and < 9000 ? day
        : Fault.Invalid(field, new Said("a day as YYYY-MM-DD", "日期格式须为 YYYY-MM-DD"));

    private static Fault? Name(string? name, string field) => name is null ? null
        : name.Length > LongestName ? Fault.Invalid(field, Said.AtMost(LongestName))
        : name.Contains('\0') ? Fault.Invalid(field, Said.NoNul)
        : null;

    private static string? Some(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
