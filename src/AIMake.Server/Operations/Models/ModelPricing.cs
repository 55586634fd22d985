using AIMake.Catalog;
using AIMake.Platform.Faults;

namespace AIMake.Operations.Models;

/// <summary>Prices as an administrator sees and sets them.</summary>
internal static class ModelPricing
{
    private const int MostPer = 1_000_000_000;
    private const int MostCredits = 1_000_000;
    private const int MostPrices = 50;
    private const int LongestSource = 200;

    /// <summary>What a price set here is said to come from, when nothing is said.</summary>
    private const string OwnSource = "set by this installation";

    /// <summary>Prices for a model, checked as the catalog's file is; none where none were sent.</summary>
    public static Outcome<UnitPrice[]> Read(Model model, IReadOnlyList<ModelPriceRequest>? sent, DateOnly today)
    {
        if (sent is not { Count: > 0 })
        {
            return Array.Empty<UnitPrice>();
        }

        if (sent.Count > MostPrices)
        {
            return new Fault(FaultCodes.FieldOutOfRange, "prices", 0, MostPrices) { Field = "prices" };
        }

        List<Fault> faults = [.. sent.SelectMany((price, i) => Faults(price, $"prices[{i}]"))];
        if (faults.Count > 0)
        {
            return faults[0] with { Also = faults[1..] };
        }

        UnitPrice[] prices = [.. sent.Select(p => new UnitPrice(p.Unit, p.Per, p.Credits, p.Source is { Length: > 0 } source ? source : OwnSource, today, p.Size, p.Quality, p.Above))];
        // What is left is about the prices as a whole: units this kind is not sold by, one missing, two for the same.
        return CatalogValidator.CheckPrices(model with { Prices = prices }) is [var first, ..]
            ? Fault.Invalid("prices", new Said(first, $"与该模型的计价方式不符（{first}）"))
            : prices;
    }

    /// <summary>One price, held against what it costs.</summary>
    public static AdminPriceView View(UnitPrice price, IReadOnlyList<UnitCost> costs, decimal creditUsd)
    {
        // As prices are found: the very size, quality and length of the prompt first, then what is for any.
        var cost = costs.Where(c => c.Unit == price.Unit && Fits(c.Size, price.Size) && Fits(c.Quality, price.Quality) && (c.Above ?? 0) <= (price.Above ?? 0))
            .OrderByDescending(c => (c.Size is null ? 0 : 1) + (c.Quality is null ? 0 : 1)).ThenByDescending(c => c.Above).FirstOrDefault();
        var usd = cost is null ? (decimal?)null : decimal.Round(cost.Usd / cost.Per * price.Per, 9);
        var worth = price.Credits.Credits * creditUsd;
        return new AdminPriceView(
            price.Unit, price.Per, price.Size, price.Quality, price.Above, price.Credits, price.Source, price.Date, usd, cost?.Source,
            usd is { } spent && worth > 0 ? decimal.Round((worth - spent) / worth, 4) : null);
    }

    private static IEnumerable<Fault> Faults(ModelPriceRequest price, string at)
    {
        if (!CatalogValidator.Units.Contains(price.Unit))
        {
            yield return Fault.Invalid($"{at}.unit", Said.OneOf(CatalogValidator.Units));
        }

        if (price.Per is < 1 or > MostPer)
        {
            yield return new Fault(FaultCodes.FieldOutOfRange, $"{at}.per", 1, MostPer) { Field = $"{at}.per" };
        }

        if (price.Credits.Value <= 0 || price.Credits.Credits > MostCredits)
        {
            yield return new Fault(FaultCodes.FieldOutOfRange, $"{at}.credits", "0.000001", MostCredits) { Field = $"{at}.credits" };
        }

        if (price.Above is < 1 or > MostPer)
        {
            yield return new Fault(FaultCodes.FieldOutOfRange, $"{at}.above", 1, MostPer) { Field = $"{at}.above" };
        }

        foreach (var (text, name) in new[] { (price.Size, "size"), (price.Quality, "quality"), (price.Source, "source") })
        {
            if (text is { Length: > LongestSource } || text?.Any(char.IsControl) == true)
            {
                yield return Fault.Invalid($"{at}.{name}", Said.AtMost(LongestSource));
            }
        }
    }

    private static bool Fits(string? ofCost, string? ofPrice) => ofCost is null || ofCost == ofPrice;
}
