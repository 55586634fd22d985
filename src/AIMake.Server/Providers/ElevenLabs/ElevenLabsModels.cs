namespace AIMake.Providers.ElevenLabs;

/// <summary>What is known about models by their names, for what the vendor does not say at the time of a call.</summary>
internal static class ElevenLabsModels
{
    /// <summary>The least any model takes in one call, in characters; the catalog knows better for each.</summary>
    public const int ShortestLimit = 3_000;

    /// <summary>Whether the model may be told the language; the others find out for themselves, and some refuse to be told.</summary>
    public static bool TakesLanguage(string model) => model.EndsWith("_v2_5", StringComparison.Ordinal) || FollowsDirections(model);

    /// <summary>Whether words in square brackets are directions to the speaker rather than text.</summary>
    public static bool FollowsDirections(string model) =>
        model.StartsWith("eleven_v3", StringComparison.Ordinal) || model.StartsWith("eleven_v4", StringComparison.Ordinal);

    /// <summary>ISO 639-1 of a BCP-47 tag; null where it has none.</summary>
    public static string? Language(string tag)
    {
        var primary = tag.Split('-')[0].ToLowerInvariant();
        return primary switch
        {
            "cmn" or "yue" => "zh",
            "fil" => "tl",
            { Length: 2 } => primary,
            _ => null,
        };
    }

    /// <summary>Text as the model will read it out, with nothing in it that it would follow instead.</summary>
    public static string Plain(string text, string model)
    {
        var plain = PlainText.WithoutTags(text);
        return FollowsDirections(model) ? PlainText.WithoutDirections(plain) : plain;
    }
}
