using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AIMake.Simulator.Stripe;

/// <summary>
/// Prices: those a call describes, and those whose id says all, <c>price_NAME_AMOUNT_CURRENCY</c> for once and
/// <c>price_NAME_AMOUNT_CURRENCY_month</c> for a subscription.
/// </summary>
internal static partial class StripePrices
{
    /// <summary>The price of a line item or of an item of a subscription.</summary>
    public static JsonObject Of(StripeWorld world, JsonObject item, string path)
    {
        var (id, data) = ((string?)item["price"], item["price_data"] as JsonObject);
        if (id is not null && data is not null) throw StripeRefusal.Exclusive($"{path}[price]", $"{path}[price_data]");
        if (data is not null) return Made(world, data, $"{path}[price_data]");
        if (id is null) throw StripeRefusal.Missing($"{path}[price]");
        return world.Find(id, "price") ?? Known(world, id) ?? throw StripeRefusal.NoSuch("price", id, $"{path}[price]");
    }

    private static JsonObject Made(StripeWorld world, JsonObject data, string path)
    {
        if (data["product"] is null == data["product_data"] is null) throw StripeRefusal.Exclusive($"{path}[product]", $"{path}[product_data]");
        if (data["unit_amount"] is null == data["unit_amount_decimal"] is null) throw StripeRefusal.Exclusive($"{path}[unit_amount]", $"{path}[unit_amount_decimal]");
        var amount = (long?)data["unit_amount"] ?? (long)decimal.Parse((string)data["unit_amount_decimal"]!, CultureInfo.InvariantCulture);
        if (amount < 0) throw StripeRefusal.Bad("parameter_invalid_integer", $"{path}[unit_amount]", "Invalid non-negative integer");
        var currency = (string)data["currency"]!;
        if (!Currency().IsMatch(currency)) throw StripeRefusal.Bad(null, $"{path}[currency]", $"Invalid currency: {currency}.");
        var recurring = data["recurring"] as JsonObject;
        return Add(world, StripeWorld.NewId("price"), (string?)data["product_data"]?["name"] ?? (string)data["product"]!, (string?)data["product"], amount, currency,
            (string?)recurring?["interval"], (long?)recurring?["interval_count"] ?? 1);
    }

    private static JsonObject? Known(StripeWorld world, string id) => Told().Match(id) is { Success: true } told
        ? Add(world, id, told.Groups[1].Value, $"prod_{told.Groups[1].Value}", long.Parse(told.Groups[2].Value, CultureInfo.InvariantCulture), told.Groups[3].Value,
            told.Groups[4].Success ? told.Groups[4].Value : null, 1)
        : null;

    private static JsonObject Add(StripeWorld world, string id, string name, string? product, long amount, string currency, string? interval, long count) => world.Add(new JsonObject
    {
        ["id"] = id, ["object"] = "price", ["active"] = true, ["created"] = world.Now, ["currency"] = currency.ToLowerInvariant(), ["nickname"] = name, ["product"] = product ?? StripeWorld.NewId("prod"),
        ["recurring"] = interval is null ? null : new JsonObject { ["interval"] = interval, ["interval_count"] = count, ["usage_type"] = "licensed" },
        ["type"] = interval is null ? "one_time" : "recurring", ["unit_amount"] = amount, ["unit_amount_decimal"] = amount.ToString(CultureInfo.InvariantCulture), ["livemode"] = false,
    });

    [GeneratedRegex("^price_([A-Za-z0-9-]+)_([0-9]{1,9})_([a-z]{3})(?:_(day|week|month|year))?$", RegexOptions.NonBacktracking)]
    private static partial Regex Told();

    [GeneratedRegex("^[A-Za-z]{3}$", RegexOptions.NonBacktracking)]
    private static partial Regex Currency();
}
