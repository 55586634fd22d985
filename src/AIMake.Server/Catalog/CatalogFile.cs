using AIMake.Credits;

namespace AIMake.Catalog;

/// <summary>The readable file, member for member. <see cref="CatalogValidator"/> says what else must hold.</summary>
internal sealed record CatalogFile(IReadOnlyList<Model> Models, IReadOnlyList<VoiceEntry> Voices);

/// <summary>A sentence in the languages we write.</summary>
internal sealed record Localized(string En, string Zh)
{
    public string In(string language) => language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Zh : En;
}

/// <summary>One model of one provider.</summary>
/// <param name="Id">The vendor's model id; also the id on receipts.</param>
/// <param name="Kind">What it makes: <c>speech</c>.</param>
/// <param name="Provider">Name of the adapter that reaches it.</param>
/// <param name="Price">What users pay; without it the model cannot be used.</param>
/// <param name="Cost">What we pay, for margins; null when unknown.</param>
/// <param name="Retires">First day on which the vendor no longer serves it; from then on it is not offered.</param>
/// <param name="Concurrency">How many parts of one job are sent to it at once, 1 to 64.</param>
internal sealed record Model(
    string Id, string Kind, string Provider, string Name, Localized Description,
    UnitPrice? Price = null, UnitCost? Cost = null, DateOnly? Retires = null, int Concurrency = 4);

/// <summary>What a number of units costs the user.</summary>
/// <param name="Unit">One of <see cref="CatalogValidator.Units"/>.</param>
/// <param name="Per">How many units <paramref name="Credits"/> buys.</param>
/// <param name="Source">Where the figure comes from.</param>
/// <param name="Date">When it was last looked at.</param>
internal sealed record UnitPrice(string Unit, int Per, Micro Credits, string Source, DateOnly Date)
{
    /// <summary>As receipts quote it.</summary>
    public string Reference => $"{Source}, {Date:yyyy-MM-dd}";
}

/// <summary>What a number of units costs us, in US dollars.</summary>
internal sealed record UnitCost(string Unit, int Per, decimal Usd, string Source, DateOnly Date)
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
