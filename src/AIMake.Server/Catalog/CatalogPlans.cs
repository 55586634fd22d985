using AIMake.Credits;

namespace AIMake.Catalog;

/// <summary>
/// Tells the ledger what the calendar brings. A plan that is paid for brings nothing by itself: each period's credits come with the
/// payment of that period.
/// </summary>
internal sealed class CatalogPlans(LiveCatalog catalog) : IPlanAllowances
{
    private volatile Seen? _seen;

    public IReadOnlyDictionary<string, Micro> Current
    {
        get
        {
            var plans = catalog.Current.Plans;
            if (_seen is { } seen && ReferenceEquals(seen.Plans, plans))
            {
                return seen.Allowances;
            }

            var allowances = plans.ToDictionary(p => p.Id, p => p.Price is null ? p.MonthlyCredits : Micro.Zero, StringComparer.Ordinal);
            _seen = new Seen(plans, allowances);
            return allowances;
        }
    }

    private sealed record Seen(IReadOnlyList<Plan> Plans, IReadOnlyDictionary<string, Micro> Allowances);
}
