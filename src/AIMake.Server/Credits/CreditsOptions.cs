namespace AIMake.Credits;

/// <summary>What each plan gives.</summary>
internal sealed class CreditsOptions
{
    public const string Section = "Credits";

    /// <summary>Plan of a new account.</summary>
    public const string DefaultPlan = "free";

    /// <summary>Plans by name. <c>free</c> must be there; a new account starts on it.</summary>
    public Dictionary<string, PlanOptions> Plans { get; set; } = new(StringComparer.Ordinal)
    {
        [DefaultPlan] = new PlanOptions { MonthlyCredits = 500 },
    };

    /// <summary>How long a hold may outlive its lease before the checker calls it forgotten (default 35 s: one missed sweep).</summary>
    public TimeSpan SweepGrace { get; set; } = TimeSpan.FromSeconds(35);
}

/// <summary>One plan.</summary>
internal sealed class PlanOptions
{
    /// <summary>Credits at the start of each month counted from the account's opening, gone at its end. Zero: none.</summary>
    public decimal MonthlyCredits { get; set; }
}
