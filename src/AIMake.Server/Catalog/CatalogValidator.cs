namespace AIMake.Catalog;

/// <summary>Rules beyond the shape of the file. Finds every mistake, not only the first; each names its field.</summary>
internal static class CatalogValidator
{
    public static readonly IReadOnlyList<string> Kinds = ["speech"];
    public static readonly IReadOnlyList<string> Units = ["character", "second"];
    public static readonly IReadOnlyList<string> Genders = ["female", "male", "neutral"];

    public static IReadOnlyList<string> Check(CatalogFile file)
    {
        var faults = new List<string>();
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

        Unique(file.Voices.SelectMany(v => v.Models.Select(m => Voice.IdOf(m, v.Voice))), "voices", faults);
        return faults;
    }

    private static void CheckModel(Model model, string at, List<string> faults)
    {
        Text(model.Id, $"{at}.id", faults);
        Text(model.Name, $"{at}.name", faults);
        Text(model.Provider, $"{at}.provider", faults);
        Require(Kinds.Contains(model.Kind), $"{at}.kind: \"{model.Kind}\" is not one of {string.Join(", ", Kinds)}", faults);
        Require(model.Concurrency is >= 1 and <= 64, $"{at}.concurrency: {model.Concurrency} is not between 1 and 64", faults);
        if (model.Price is { } price)
        {
            Require(price.Unit == "character", $"{at}.price.unit: speech is sold per \"character\", not \"{price.Unit}\"", faults);
            Require(price.Per > 0, $"{at}.price.per: {price.Per} is not above 0", faults);
            Require(price.Credits.Value > 0, $"{at}.price.credits: {price.Credits} is not above 0; leave the price out to switch the model off", faults);
            Text(price.Source, $"{at}.price.source", faults);
        }

        if (model.Cost is { } cost)
        {
            Require(Units.Contains(cost.Unit), $"{at}.cost.unit: \"{cost.Unit}\" is not one of {string.Join(", ", Units)}", faults);
            Require(cost.Per > 0, $"{at}.cost.per: {cost.Per} is not above 0", faults);
            Require(cost.Usd >= 0, $"{at}.cost.usd: {cost.Usd} is negative", faults);
            Text(cost.Source, $"{at}.cost.source", faults);
        }
    }

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

    private static void Unique(IEnumerable<string> ids, string at, List<string> faults)
    {
        foreach (var twice in ids.GroupBy(i => i, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            faults.Add($"{at}: \"{twice.Key}\" appears {twice.Count()} times");
        }
    }

    private static void Text(string value, string at, List<string> faults) =>
        Require(!string.IsNullOrWhiteSpace(value) && value.Length <= 200, $"{at}: must have 1 to 200 characters", faults);

    private static void Require(bool holds, string fault, List<string> faults)
    {
        if (!holds)
        {
            faults.Add(fault);
        }
    }
}
