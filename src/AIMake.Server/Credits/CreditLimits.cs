namespace AIMake.Credits;

/// <summary>Figures the ledger's schema holds to.</summary>
internal static class CreditLimits
{
    /// <summary>Plan of a new account.</summary>
    public const string DefaultPlan = "free";

    /// <summary>Ten thousand million credits: the limit of the schema's checks.</summary>
    public const decimal MostCredits = 10_000_000_000;
}
