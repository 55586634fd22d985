using AIMake.Credits;

namespace AIMake.Tests.Credits;

/// <summary>Plans that a test sets.</summary>
internal sealed class FixedPlans(params (string Plan, decimal MonthlyCredits)[] plans) : IPlanAllowances
{
    public IReadOnlyDictionary<string, Micro> Current { get; private set; } =
        plans.ToDictionary(p => p.Plan, p => Micro.FromCredits(p.MonthlyCredits), StringComparer.Ordinal);

    public void Set(string plan, decimal monthlyCredits) =>
        Current = new Dictionary<string, Micro>(Current, StringComparer.Ordinal) { [plan] = Micro.FromCredits(monthlyCredits) };
}
