using Microsoft.Extensions.Options;

namespace AIMake.Credits;

/// <summary>Reports every faulty plan at once, at start.</summary>
internal sealed class CreditsOptionsValidator : IValidateOptions<CreditsOptions>
{
    /// <summary>Ten thousand million credits: the limit of the schema's checks.</summary>
    internal const decimal MostCredits = 10_000_000_000;

    public ValidateOptionsResult Validate(string? name, CreditsOptions options)
    {
        var faults = new List<string>();
        if (!options.Plans.ContainsKey(CreditsOptions.DefaultPlan))
        {
            faults.Add($"Credits:Plans has no '{CreditsOptions.DefaultPlan}': new accounts start on it. Add it with MonthlyCredits (0 for none).");
        }

        foreach (var (plan, values) in options.Plans)
        {
            if (plan.Length is 0 or > 40)
            {
                faults.Add($"Credits:Plans has a name of {plan.Length} characters: use 1 to 40.");
            }

            if (values.MonthlyCredits is < 0 or > MostCredits || decimal.Round(values.MonthlyCredits, 6) != values.MonthlyCredits)
            {
                faults.Add($"Credits:Plans:{plan}:MonthlyCredits is {values.MonthlyCredits}: use 0 to {MostCredits} with at most six decimal places.");
            }
        }

        if (options.SweepGrace <= TimeSpan.Zero)
        {
            faults.Add($"Credits:SweepGrace is {options.SweepGrace}: use a positive time such as 00:00:35.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
