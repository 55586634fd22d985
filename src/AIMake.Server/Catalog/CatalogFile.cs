using System.Text.Json.Serialization;
using AIMake.Credits;

namespace AIMake.Catalog;

/// <summary>The readable file, member for member. <see cref="CatalogValidator"/> says what else must hold.</summary>
/// <param name="Plans">Lowest first. Left out: everybody is on the shipped <c>free</c>, and nothing can be subscribed to.</param>
/// <param name="Packages">Credits for sale. Left out: none.</param>
internal sealed record CatalogFile(
    IReadOnlyList<Model> Models, IReadOnlyList<VoiceEntry> Voices, IReadOnlyList<Plan>? Plans = null, IReadOnlyList<Package>? Packages = null);

/// <summary>A sentence in the languages we write.</summary>
internal sealed record Localized(string En, string Zh)
{
    public string In(string language) => language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Zh : En;
}

/// <summary>One model of one provider, or of several that serve the same.</summary>
/// <param name="Id">The name users ask for; also the id on receipts.</param>
/// <param name="Kind">What it makes: one of <see cref="CatalogValidator.Kinds"/>.</param>
/// <param name="Provider">Name of the provider that serves it first.</param>
/// <param name="Prices">What users pay, one for each unit; a model without any cannot be used.</param>
/// <param name="Costs">What we pay, for margins; empty when unknown.</param>
/// <param name="Retires">First day on which the vendor no longer serves it; from then on it is not offered.</param>
/// <param name="Concurrency">How many parts of one job are sent to it at once, 1 to 64.</param>
/// <param name="Upstream">The vendor's own id where it differs from <paramref name="Id"/>.</param>
/// <param name="Routes">Further ways to the same model, tried after <paramref name="Provider"/> or beside it, as <paramref name="Choose"/> says.</param>
/// <param name="Choose">How a route is chosen: <c>order</c> (default), <c>weight</c>, <c>price</c> (cheapest for us first) or <c>speed</c> (quickest first byte of late).</param>
/// <param name="Limits">What the model takes, as far as it is known.</param>
internal sealed record Model(
    string Id, string Kind, string Provider, string Name, Localized Description,
    IReadOnlyList<UnitPrice>? Prices = null, IReadOnlyList<UnitCost>? Costs = null, DateOnly? Retires = null, int Concurrency = 4,
    string? Upstream = null, IReadOnlyList<ModelRoute>? Routes = null, string Choose = "order", ModelLimits? Limits = null)
{
    /// <summary>The only price of a model that is sold by one unit; null when it has none, or several.</summary>
    [JsonIgnore]
    public UnitPrice? Price => Prices is [var only] ? only : null;
}

/// <summary>Another way to a model.</summary>
/// <param name="Upstream">The id it has there; the model's own when left out.</param>
/// <param name="Weight">Share of the calls where routes are chosen by weight, 1 to 1,000.</param>
/// <param name="Costs">What we pay there; the model's own when left out.</param>
internal sealed record ModelRoute(string Provider, string? Upstream = null, int Weight = 1, IReadOnlyList<UnitCost>? Costs = null);

/// <summary>What a model takes. A member left out is not known and not checked.</summary>
internal sealed record ModelLimits
{
    /// <summary>Tokens of prompt and answer together.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>Most tokens of one answer; also the ceiling's assumption where a request names none.</summary>
    public int? OutputTokens { get; init; }

    /// <summary>Tokens of a picture that the model is shown.</summary>
    public PictureTokens? PictureTokens { get; init; }

    /// <summary>Most characters of one text or prompt.</summary>
    public int? Characters { get; init; }

    /// <summary>Most pictures or clips of one request.</summary>
    public int? Count { get; init; }

    /// <summary>Sizes (<c>1024x1024</c>) or resolutions (<c>1080p</c>) on offer.</summary>
    public IReadOnlyList<string>? Sizes { get; init; }

    /// <summary>Qualities on offer.</summary>
    public IReadOnlyList<string>? Qualities { get; init; }

    /// <summary>Lengths of a clip in seconds on offer.</summary>
    public IReadOnlyList<int>? Seconds { get; init; }

    /// <summary>Aspect ratios on offer, e.g. <c>16:9</c>.</summary>
    public IReadOnlyList<string>? Ratios { get; init; }
}

/// <summary>What the vendor counts for one picture of a prompt.</summary>
/// <param name="Large">A large one at the detail the vendor chooses by itself: what is counted where it reports nothing.</param>
/// <param name="Most">The largest at the highest detail: what is set aside.</param>
internal sealed record PictureTokens(int Large, int Most)
{
    /// <summary>
    /// Where the catalog says nothing: six of gpt-4o's tiles, and the dearest that is known of any vendor, eight of gpt-4o-mini's
    /// (2,833 and 5,667 for each tile, as <c>catalog.json</c> has it).
    /// </summary>
    public static readonly PictureTokens Unknown = new(1_105, 48_169);
}

/// <summary>What a number of units costs the user.</summary>
/// <param name="Unit">One of <see cref="CatalogValidator.Units"/>.</param>
/// <param name="Per">How many units <paramref name="Credits"/> buys.</param>
/// <param name="Source">Where the figure comes from.</param>
/// <param name="Date">When it was last looked at.</param>
/// <param name="Size">The size or resolution it is for; left out: any that has no price of its own.</param>
/// <param name="Quality">The quality it is for; left out: any that has no price of its own.</param>
/// <param name="Above">Of tokens: in force for the whole call when its prompt has more tokens than this; left out: for any that has no price of its own.</param>
internal sealed record UnitPrice(
    string Unit, int Per, Micro Credits, string Source, DateOnly Date, string? Size = null, string? Quality = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Above = null)
{
    /// <summary>As receipts quote it.</summary>
    [JsonIgnore]
    public string Reference => $"{Source}, {Date:yyyy-MM-dd}";

    /// <summary>Price of a quantity, rounded up to a whole micro-credit.</summary>
    /// <exception cref="OverflowException">More than the ledger can hold.</exception>
    public Micro Of(long units)
    {
        var exact = (Int128)units * Credits.Value;
        return new Micro(checked((long)((exact + Per - 1) / Per)));
    }
}

/// <summary>What a number of units costs us, in US dollars; otherwise as <see cref="UnitPrice"/>.</summary>
internal sealed record UnitCost(string Unit, int Per, decimal Usd, string Source, DateOnly Date, string? Size = null, string? Quality = null, int? Above = null)
{
    /// <summary>Cost of a quantity in micro-USD, rounded half up: an estimate for statistics, never charged to anybody.</summary>
    public long MicroUsd(decimal units) => (long)decimal.Round(units / Per * Usd * 1_000_000m, MidpointRounding.AwayFromZero);
}

/// <summary>A voice as the file lists it: offered once for each of its models.</summary>
/// <param name="Voice">The vendor's voice id.</param>
/// <param name="Language">BCP-47, or <c>mul</c> for one that follows its text.</param>
/// <param name="Gender"><c>female</c>, <c>male</c> or <c>neutral</c>.</param>
internal sealed record VoiceEntry(
    string Voice, string Name, IReadOnlyList<string> Models, string Language, string Gender, Localized Description);
