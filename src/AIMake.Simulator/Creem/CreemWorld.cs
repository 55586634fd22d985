using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AIMake.Simulator.Deliveries;

namespace AIMake.Simulator.Creem;

/// <summary>
/// What is Creem's own about its account. A product's id says all: <c>prod_NAME_AMOUNT_CURRENCY</c> is sold once,
/// <c>prod_NAME_AMOUNT_CURRENCY_month</c> is a subscription; <c>vat</c> in the name adds a fifth of tax, <c>trial</c> a week without money.
/// </summary>
internal sealed partial class CreemWorld(TimeProvider time, DeliveryEngine deliveries, PaymentBook book) : ProviderWorld("creem", time, deliveries, book)
{
    public const string Mode = "test";
    private const int TaxPercent = 20;
    private const int TrialDays = 7;

    /// <summary>Whose key made a checkout: its return address is signed with it.</summary>
    public Dictionary<string, string> KeyOf { get; } = [];

    /// <summary>Status of the next refund, instead of <c>succeeded</c>.</summary>
    public string? NextRefund { get; set; }

    /// <summary>ISO 8601, as entities have it.</summary>
    public string Now => Iso(Time);

    /// <summary>Unix milliseconds, as events and money have it.</summary>
    public long NowMs => Time.ToUnixTimeMilliseconds();

    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public JsonObject Need(string? id, string kind) => Find(id, kind) ?? throw CreemRefusal.NoSuch(kind);

    public JsonObject Product(string? id) => Find(id, "product") ?? (id is not null && Told().Match(id) is { Success: true } told ? Add(Made(id, told)) : throw CreemRefusal.NoSuch("Product"));

    public JsonObject Customer(string email, string? name)
    {
        if (!email.Contains('@', StringComparison.Ordinal)) throw CreemRefusal.Bad("email must be an email");
        return All("customer").FirstOrDefault(each => (string?)each["email"] == email) ?? Add(new JsonObject
        {
            ["id"] = NewId("cust"), ["object"] = "customer", ["mode"] = Mode, ["email"] = email, ["name"] = name ?? email.Split('@')[0], ["country"] = "NL", ["created_at"] = Now, ["updated_at"] = Now,
        });
    }

    /// <summary>Tax on top of an amount, in minor units.</summary>
    public static long TaxOn(JsonObject product, long amount) => (string?)product["tax_mode"] == "exclusive" ? amount * TaxPercent / 100 : 0;

    public static int? TrialOf(JsonObject product) => (int?)product["trial_period_days"];

    public void Emit(string type, JsonObject about)
    {
        var id = NewId("evt");
        Post(id, type, new JsonObject { ["id"] = id, ["eventType"] = type, ["created_at"] = NowMs, ["object"] = about.DeepClone() });
    }

    /// <summary>A copy with the members of that name as objects instead of ids.</summary>
    public JsonObject With(JsonObject it, params string[] members)
    {
        var copy = it.DeepClone().AsObject();
        foreach (var member in members)
        {
            if (copy[member] is JsonValue id && Find((string?)id, member) is { } found) copy[member] = found.DeepClone();
        }
        return copy;
    }

    private JsonObject Made(string id, Match told)
    {
        var (name, interval) = (told.Groups[1].Value, told.Groups[4].Success ? told.Groups[4].Value : null);
        var made = new JsonObject
        {
            ["id"] = id, ["object"] = "product", ["mode"] = Mode, ["name"] = name, ["description"] = name, ["features"] = new JsonArray(),
            ["price"] = long.Parse(told.Groups[2].Value, CultureInfo.InvariantCulture), ["currency"] = told.Groups[3].Value.ToUpperInvariant(),
            ["billing_type"] = interval is null ? "onetime" : "recurring", ["billing_period"] = interval is null ? "once" : interval == "day" ? "every-day" : $"every-{interval}",
            ["status"] = "active", ["tax_mode"] = name.Contains("vat", StringComparison.Ordinal) ? "exclusive" : "inclusive", ["tax_category"] = "saas",
            ["default_success_url"] = "", ["created_at"] = Now, ["updated_at"] = Now,
        };
        if (interval is not null) (made["recurring_interval"], made["recurring_interval_count"]) = (interval, 1);
        if (name.Contains("trial", StringComparison.Ordinal)) made["trial_period_days"] = TrialDays;
        return made;
    }

    [GeneratedRegex("^prod_([A-Za-z0-9-]+)_([0-9]{3,8})_([a-z]{3})(?:_(day|week|month|year))?$", RegexOptions.NonBacktracking)]
    private static partial Regex Told();
}
