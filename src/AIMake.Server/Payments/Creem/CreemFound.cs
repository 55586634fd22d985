using System.Text.Json;
using System.Text.Json.Nodes;

namespace AIMake.Payments.Creem;

/// <summary>
/// What the nightly comparison finds among Creem's own records and no event told. It is written in the shape of an event, under names that Creem
/// does not use, so that what nobody can be found for lies in the inbox beside the events, with who paid, for what and how much.
/// </summary>
internal static class CreemFound
{
    public const string SaleType = "found.sale";
    public const string PeriodType = "found.period";

    private const string Product = "found_product";
    private const string Email = "found_email";

    /// <summary>A package that was paid, by its transaction.</summary>
    /// <param name="email">Who paid, as Creem verified it.</param>
    public static PackagePaid Sale(JsonElement transaction, string product, string? email, DateTimeOffset at)
    {
        var shown = JsonObject.Create(transaction)!;
        (shown[Product], shown[Email]) = (product, email);
        var evidence = Event(SaleType, transaction.NeedText("id"), shown, at);
        return Sale(JsonSerializer.SerializeToElement(shown), at) with { Evidence = evidence };
    }

    /// <summary>As it was written down.</summary>
    public static PackagePaid Sale(JsonElement o, DateTimeOffset at) => new(
        new PurchaseKeys(null), CreemObjects.OrderReference(o.Id("order") ?? throw new JsonException("A sale without its order", "$.order", null, null)), o.NeedText("id"),
        o.NeedNumber("amount") - (o.Number("discount_amount") ?? 0), CreemObjects.Currency(o), at)
    {
        Unordered = new UnorderedSale(o.NeedText(Product), null, o.Text(Email)),
    };

    /// <summary>A paid period of a subscription; null when none was paid yet.</summary>
    public static MissedEvent? Period(JsonElement subscription, DateTimeOffset at) =>
        subscription.Text("last_transaction_id") is { } paid ? Event(PeriodType, paid, JsonObject.Create(subscription)!, at) : null;

    private static MissedEvent Event(string type, string transaction, JsonObject shown, DateTimeOffset at)
    {
        var id = $"found:{transaction}";
        var body = new JsonObject { ["id"] = id, ["eventType"] = type, ["created_at"] = at.ToUnixTimeMilliseconds(), ["object"] = shown.DeepClone() };
        return new MissedEvent(new SignedEvent(id, type, at, IsForeign: false), JsonSerializer.SerializeToUtf8Bytes(body));
    }
}
