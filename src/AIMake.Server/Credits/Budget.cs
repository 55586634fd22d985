using AIMake.Platform.Database;

namespace AIMake.Credits;

/// <summary>The stretch of time over which a budget is counted, in UTC.</summary>
public enum BudgetWindow
{
    /// <summary>From midnight to midnight.</summary>
    Day,

    /// <summary>From Monday to Monday, as ISO 8601 has it.</summary>
    Week,

    /// <summary>From the first to the first.</summary>
    Month,

    /// <summary>For ever.</summary>
    Total,
}

/// <summary>A limit within an account, of an API key for instance, that a hold must keep besides the balance.</summary>
/// <param name="Id">Whose budget; belongs to one account for ever.</param>
/// <param name="Limit">The most that may be held and spent in the window.</param>
/// <param name="WindowStart">First moment of the window, see <see cref="BudgetWindows.StartOf"/>.</param>
internal sealed record Budget(Guid Id, Micro Limit, DateTimeOffset WindowStart);

internal static class BudgetWindows
{
    /// <summary>First moment of the window a moment falls into.</summary>
    public static DateTimeOffset StartOf(this BudgetWindow window, DateTimeOffset at)
    {
        var day = new DateTimeOffset(at.UtcDateTime.Date, TimeSpan.Zero);
        return window switch
        {
            BudgetWindow.Day => day,
            BudgetWindow.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
            BudgetWindow.Month => day.AddDays(1 - day.Day),
            _ => DateTimeOffset.UnixEpoch,
        };
    }
}

/// <summary>Answers how far budgets are used.</summary>
internal interface IBudgetGlance
{
    /// <returns>What each budget holds and has spent in its window; those never used are left out.</returns>
    Task<IReadOnlyDictionary<Guid, Micro>> UsedAsync(DbSession session, IReadOnlyList<(Guid Id, DateTimeOffset WindowStart)> budgets, CancellationToken ct);
}
