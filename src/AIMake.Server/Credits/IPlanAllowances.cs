namespace AIMake.Credits;

/// <summary>What each plan brings at the start of a month, without a payment.</summary>
internal interface IPlanAllowances
{
    /// <summary>By the plan's name; another object whenever it has changed. <see cref="CreditLimits.DefaultPlan"/> is among them.</summary>
    IReadOnlyDictionary<string, Micro> Current { get; }
}
