using AIMake.Credits;

namespace AIMake.Catalog;

/// <summary>What must hold for plans and packages. Each fault names its field.</summary>
internal static class PlanRules
{
    public const long MostAmount = 99_999_999;

    public static void Check(CatalogFile file, List<string> faults)
    {
        if (file.Plans is { } plans)
        {
            CheckPlans(plans, faults);
        }

        var packages = file.Packages ?? [];
        for (var i = 0; i < packages.Count; i++)
        {
            var (package, at) = (packages[i], $"packages[{i}]");
            CheckNamed(package.Id, package.Name, package.StripePrice, package.CreemProduct, at, faults);
            CatalogValidator.Require(package.Credits > Micro.Zero && package.Credits.Credits <= CreditLimits.MostCredits,
                $"{at}.credits: {package.Credits} is not between 0.000001 and {CreditLimits.MostCredits}", faults);
            CheckMoney(package.Price, $"{at}.price", faults);
        }

        CatalogValidator.Unique(packages.Select(p => p.Id), "packages", faults);
        CheckSoldOnce(file, p => p.StripePrice, "stripePrice", faults);
        CheckSoldOnce(file, p => p.CreemProduct, "creemProduct", faults);
    }

    private static void CheckPlans(IReadOnlyList<Plan> plans, List<string> faults)
    {
        CatalogValidator.Require(plans.Any(p => p.Id == Plan.Free && p.Price is null),
            $"plans: there is no \"{Plan.Free}\" without a price, on which new accounts start; give it \"monthlyCredits\": 0 to grant nothing", faults);
        CatalogValidator.Unique(plans.Select(p => p.Id), "plans", faults);
        for (var i = 0; i < plans.Count; i++)
        {
            var (plan, at) = (plans[i], $"plans[{i}]");
            CheckNamed(plan.Id, plan.Name, plan.StripePrice, plan.CreemProduct, at, faults);
            CatalogValidator.Require(plan.MonthlyCredits >= Micro.Zero && plan.MonthlyCredits.Credits <= CreditLimits.MostCredits,
                $"{at}.monthlyCredits: {plan.MonthlyCredits} is not between 0 and {CreditLimits.MostCredits}", faults);
            if (plan.Price is { } price)
            {
                CheckMoney(price, $"{at}.price", faults);
                CatalogValidator.Require(plan.MonthlyCredits > Micro.Zero, $"{at}.monthlyCredits: a plan with a price grants something", faults);
            }
        }
    }

    private static void CheckNamed(string id, Localized name, string? stripe, string? creem, string at, List<string> faults)
    {
        CatalogValidator.Require(id.Length is >= 1 and <= 40 && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-'),
            $"{at}.id: \"{id}\" must be 1 to 40 of a-z, 0-9, _ and -", faults);
        CatalogValidator.Text(name.En, $"{at}.name.en", faults);
        CatalogValidator.Text(name.Zh, $"{at}.name.zh", faults);
        if (stripe is not null)
        {
            CatalogValidator.Text(stripe, $"{at}.stripePrice", faults);
        }

        if (creem is not null)
        {
            CatalogValidator.Text(creem, $"{at}.creemProduct", faults);
        }
    }

    private static void CheckMoney(Money price, string at, List<string> faults)
    {
        CatalogValidator.Require(price.Amount is >= 1 and <= MostAmount, $"{at}.amount: {price.Amount} is not between 1 and {MostAmount} minor units", faults);
        CatalogValidator.Require(price.Currency.Length == 3 && price.Currency.All(char.IsAsciiLetterLower),
            $"{at}.currency: \"{price.Currency}\" must be three lower-case letters, e.g. usd", faults);
    }

    /// <summary>What is paid at a provider must lead back to one thing here.</summary>
    private static void CheckSoldOnce(CatalogFile file, Func<(string? StripePrice, string? CreemProduct), string?> id, string member, List<string> faults) =>
        CatalogValidator.Unique(
            (file.Plans ?? []).Select(p => id((p.StripePrice, p.CreemProduct))).Concat((file.Packages ?? []).Select(p => id((p.StripePrice, p.CreemProduct)))).OfType<string>(),
            $"plans and packages: {member}", faults);
}
