using System.ComponentModel.DataAnnotations;
using AIMake.Credits;

namespace AIMake.Tests.Credits;

public sealed class CreditsOptionsTests
{
    [Fact]
    public void The_free_plan_gives_500_credits_a_month_by_default()
    {
        var options = new CreditsOptions();

        Assert.Equal(500, options.Plans[CreditsOptions.DefaultPlan].MonthlyCredits);
        Assert.Empty(options.Validate(new ValidationContext(options)));
    }

    [Fact]
    public void Every_fault_is_told_with_its_cure()
    {
        var options = new CreditsOptions
        {
            Plans = new(StringComparer.Ordinal) { ["pro"] = new() { MonthlyCredits = -1 }, ["team"] = new() { MonthlyCredits = 0.0000001m }, ["huge"] = new() { MonthlyCredits = 1e20m } },
        };

        Assert.Equal(
            [
                "Plans: has no 'free', on which new accounts start. Add it with MonthlyCredits (0 for none).",
                "Plans:pro:MonthlyCredits: must be 0 to 10000000000 credits with at most six decimal places.",
                "Plans:team:MonthlyCredits: must be 0 to 10000000000 credits with at most six decimal places.",
                "Plans:huge:MonthlyCredits: must be 0 to 10000000000 credits with at most six decimal places.",
            ],
            options.Validate(new ValidationContext(options)).Select(r => $"{r.MemberNames.Single()}: {r.ErrorMessage}"));
    }
}
