namespace AIMake.Catalog;

/// <summary>Rules beyond the shape of the file. Finds every mistake, not only the first; each names its field.</summary>
internal static class CatalogValidator
{
    public static readonly IReadOnlyList<string> Kinds = ["speech", "chat", "embedding", "transcription", "image", "video"];
    public static readonly IReadOnlyList<string> Units =
        ["character", "second", "input-token", "cached-token", "output-token", "image", "video"];
    public static readonly IReadOnlyList<string> Choices = ["order", "weight", "price", "speed"];

    /// <summary>Units whose price may change with the length of the prompt.</summary>
    private static readonly IReadOnlyList<string> Tokens = ["input-token", "cached-token", "output-token"];

    /// <summary>Units a kind must have a price for before it can be sold; the others are optional refinements.</summary>
    private static readonly IReadOnlyDictionary<string, string[]> SoldBy = new Dictionary<string, string[]>
    {
        ["speech"] = ["character"],
        ["chat"] = ["input-token", "output-token"],
        ["embedding"] = ["input-token"],
        ["transcription"] = ["second"],
        ["image"] = ["image"],
        ["video"] = ["second", "video"],
    };
    public static readonly IReadOnlyList<string> Genders = ["female", "male", "neutral"];

    public static IReadOnlyList<string> Check(CatalogFile file)
    {
        var faults = Nulls(file).ToList();
        if (faults.Count > 0)
        {
            return faults;
        }

        Unique(file.Models.Select(m => m.Id), "models", faults);
        for (var i = 0; i < file.Models.Count; i++)
        {
            CheckModel(file.Models[i], $"models[{i}]", faults);
        }

        var models = file.Models.Select(m => m.Id).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < file.Voices.Count; i++)
        {
            CheckVoice(file.Voices[i], models, $"voices[{i}]", faults);
        }

        PlanRules.Check(file, faults);
        Unique(file.Voices.SelectMany(v => v.Models.Select(m => Voice.IdOf(m, v.Voice))), "voices", faults);
        return faults;
    }

    /// <summary>Lists with null among their elements, which the reader lets pass; nothing else can be checked before they are gone.</summary>
    private static IEnumerable<string> Nulls(CatalogFile file)
    {
        foreach (var (list, at) in Lists(file))
        {
            for (var i = 0; i < list.Count; i++)
            {
                if (list[i] is null)
                {
                    yield return $"{at}[{i}]: is null";
                }
            }
        }
    }

    private static IEnumerable<(IReadOnlyList<object?> List, string At)> Lists(CatalogFile file)
    {
        yield return (file.Models, "models");
        yield return (file.Voices, "voices");
        yield return (file.Plans ?? [], "plans");
        yield return (file.Packages ?? [], "packages");
        for (var i = 0; i < file.Models.Count; i++)
        {
            if (file.Models[i] is not { } model)
            {
                continue;
            }

            yield return (model.Prices ?? [], $"models[{i}].prices");
            yield return (model.Costs ?? [], $"models[{i}].costs");
            yield return (model.Routes ?? [], $"models[{i}].routes");
            yield return (model.Limits?.Sizes ?? [], $"models[{i}].limits.sizes");
            yield return (model.Limits?.Qualities ?? [], $"models[{i}].limits.qualities");
            yield return (model.Limits?.Ratios ?? [], $"models[{i}].limits.ratios");
            for (var j = 0; j < (model.Routes?.Count ?? 0); j++)
            {
                yield return (model.Routes![j]?.Costs ?? [], $"models[{i}].routes[{j}].costs");
            }
        }

        for (var i = 0; i < file.Voices.Count; i++)
        {
            yield return (file.Voices[i]?.Models ?? [], $"voices[{i}].models");
        }
    }

    private static void CheckModel(Model model, string at, List<string> faults)
    {
        Text(model.Id, $"{at}.id", faults);
        Text(model.Name, $"{at}.name", faults);
        Text(model.Provider, $"{at}.provider", faults);
        Require(Kinds.Contains(model.Kind), $"{at}.kind: \"{model.Kind}\" is not one of {string.Join(", ", Kinds)}", faults);
        Require(model.Concurrency is >= 1 and <= 64, $"{at}.concurrency: {model.Concurrency} is not between 1 and 64", faults);
        Require(Choices.Contains(model.Choose), $"{at}.choose: \"{model.Choose}\" is not one of {string.Join(", ", Choices)}", faults);
        CheckPrices(model, at, faults);
        CheckCosts(model.Costs ?? [], $"{at}.costs", faults);
        if (model.Limits?.PictureTokens is { } picture)
        {
            Require(picture.Large >= 1 && picture.Most >= picture.Large, $"{at}.limits.pictureTokens: \"large\" is at least 1, and \"most\" at least as much", faults);
        }

        for (var i = 0; i < (model.Routes?.Count ?? 0); i++)
        {
            var route = model.Routes![i];
            Text(route.Provider, $"{at}.routes[{i}].provider", faults);
            Require(route.Weight is >= 1 and <= 1000, $"{at}.routes[{i}].weight: {route.Weight} is not between 1 and 1000", faults);
            CheckCosts(route.Costs ?? [], $"{at}.routes[{i}].costs", faults);
        }
    }

    /// <summary>What is wrong with a model's prices, each as the file's reader would say it.</summary>
    public static IReadOnlyList<string> CheckPrices(Model model)
    {
        var faults = new List<string>();
        CheckPrices(model, model.Id, faults);
        return faults;
    }

    private static void CheckPrices(Model model, string at, List<string> faults)
    {
        var prices = model.Prices ?? [];
        for (var i = 0; i < prices.Count; i++)
        {
            var (price, where) = (prices[i], $"{at}.prices[{i}]");
            Require(Units.Contains(price.Unit), $"{where}.unit: \"{price.Unit}\" is not one of {string.Join(", ", Units)}", faults);
            Require(price.Per > 0, $"{where}.per: {price.Per} is not above 0", faults);
            Require(price.Credits.Value > 0, $"{where}.credits: {price.Credits} is not above 0; leave the prices out to switch the model off", faults);
            Text(price.Source, $"{where}.source", faults);
            CheckAbove(price.Above, price.Unit, where, faults);
            // What is set aside for the longest prompt a call may turn out to have must be enough for any shorter one.
            Require(
                price.Above is not { } above || prices.Where(p => p.Unit == price.Unit && (p.Above ?? 0) < above).MaxBy(p => p.Above ?? 0) is { } shorter
                    && (Int128)price.Credits.Value * shorter.Per >= (Int128)shorter.Credits.Value * price.Per,
                $"{where}.above: \"{price.Unit}\" needs a price for shorter prompts too, and none below it", faults);
        }

        if (prices.Count > 0 && SoldBy.TryGetValue(model.Kind, out var needed))
        {
            var all = model.Kind is "video" ? prices.Any(p => needed.Contains(p.Unit)) : needed.All(n => prices.Any(p => p.Unit == n));
            Require(all, $"{at}.prices: {model.Kind} is sold per {string.Join(model.Kind is "video" ? " or " : " and ", needed.Select(n => $"\"{n}\""))}", faults);
        }

        Require(model.Kind != "speech" || prices.Count <= 1, $"{at}.prices: speech has one price, per \"character\"", faults);
        Require(
            prices.Select(p => (p.Unit, p.Size, p.Quality, p.Above)).Distinct().Count() == prices.Count,
            $"{at}.prices: two are for the same unit, size, quality and length of the prompt", faults);
    }

    private static void CheckCosts(IReadOnlyList<UnitCost> costs, string at, List<string> faults)
    {
        for (var i = 0; i < costs.Count; i++)
        {
            var (cost, where) = (costs[i], $"{at}[{i}]");
            Require(Units.Contains(cost.Unit), $"{where}.unit: \"{cost.Unit}\" is not one of {string.Join(", ", Units)}", faults);
            Require(cost.Per > 0, $"{where}.per: {cost.Per} is not above 0", faults);
            Require(cost.Usd >= 0, $"{where}.usd: {cost.Usd} is negative", faults);
            Text(cost.Source, $"{where}.source", faults);
            CheckAbove(cost.Above, cost.Unit, where, faults);
        }
    }

    private static void CheckAbove(int? above, string unit, string at, List<string> faults) => Require(
        above is null || (above > 0 && Tokens.Contains(unit)), $"{at}.above: is a number of tokens, for prices of {string.Join(", ", Tokens)}", faults);

    private static void CheckVoice(VoiceEntry voice, HashSet<string> models, string at, List<string> faults)
    {
        Text(voice.Voice, $"{at}.voice", faults);
        Text(voice.Name, $"{at}.name", faults);
        Text(voice.Language, $"{at}.language", faults);
        Require(Genders.Contains(voice.Gender), $"{at}.gender: \"{voice.Gender}\" is not one of {string.Join(", ", Genders)}", faults);
        Require(voice.Models.Count > 0, $"{at}.models: names no model", faults);
        foreach (var model in voice.Models.Where(m => !models.Contains(m)))
        {
            faults.Add($"{at}.models: there is no model \"{model}\" in this file");
        }
    }

    internal static void Unique(IEnumerable<string> ids, string at, List<string> faults)
    {
        foreach (var twice in ids.GroupBy(i => i, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            faults.Add($"{at}: \"{twice.Key}\" appears {twice.Count()} times");
        }
    }

    internal static void Text(string value, string at, List<string> faults) =>
        Require(!string.IsNullOrWhiteSpace(value) && value.Length <= 200, $"{at}: must have 1 to 200 characters", faults);

    internal static void Require(bool holds, string fault, List<string> faults)
    {
        if (!holds)
        {
            faults.Add(fault);
        }
    }
}
