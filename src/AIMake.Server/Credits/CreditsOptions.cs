using System.ComponentModel.DataAnnotations;

namespace AIMake.Credits;

/// <summary>What each plan gives.</summary>
internal sealed class CreditsOptions : IValidatableObject
{
    public const string Section = "Credits";

    /// <summary>Plan of a new account.</summary>
    public const string DefaultPlan = "free";

    /// <summary>Ten thousand million credits: the limit of the schema's checks.</summary>
    internal const decimal MostCredits = 10_000_000_000;

    /// <summary>Plans by name. <c>free</c> must be there; a new account starts on it.</summary>
    public Dictionary<string, PlanOptions> Plans { get; set; } = new(StringComparer.Ordinal)
    {
        [DefaultPlan] = new PlanOptions { MonthlyCredits = 500 },
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Plans.ContainsKey(DefaultPlan))
        {
            yield return new($"has no '{DefaultPlan}', on which new accounts start. Add it with MonthlyCredits (0 for none).", [nameof(Plans)]);
        }

        foreach (var (plan, values) in Plans)
        {
            if (plan.Length is 0 or > 40)
            {
                yield return new($"has a name of {plan.Length} characters: use 1 to 40.", [nameof(Plans)]);
            }

            if (values.MonthlyCredits is < 0 or > MostCredits || decimal.Round(values.MonthlyCredits, 6) != values.MonthlyCredits)
            {
                yield return new($"must be 0 to {MostCredits} credits with at most six decimal places.", [$"{nameof(Plans)}:{plan}:{nameof(values.MonthlyCredits)}"]);
            }
        }
    }
}

/// <summary>One plan.</summary>
internal sealed class PlanOptions
{
    /// <summary>Credits at the start of each month counted from the account's opening, gone at its end. Zero: none.</summary>
    public decimal MonthlyCredits { get; set; }
}
