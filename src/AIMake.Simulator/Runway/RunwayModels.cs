namespace AIMake.Simulator.Runway;

/// <summary>Which models there are and what each takes, as far as it is known.</summary>
internal static class RunwayModels
{
    private static readonly string[] Gen4Video = ["1280:720", "720:1280", "1104:832", "960:960", "832:1104", "1584:672"];
    private static readonly string[] Veo = ["1280:720", "720:1280", "1080:1920", "1920:1080"];
    private static readonly string[] Gen4Image =
    [
        "1024:1024", "1080:1080", "1168:880", "1360:768", "1440:1080", "1080:1440", "1808:768", "1920:1080", "1080:1920", "2112:912", "1280:720", "720:1280", "720:720", "960:720", "720:960", "1680:720",
    ];
    private static readonly string[] Gemini = ["1344:768", "768:1344", "1024:1024", "1184:864", "864:1184", "1536:672", "832:1248", "1248:832", "896:1152", "1152:896"];
    private static readonly int[] TwoToTen = [2, 3, 4, 5, 6, 7, 8, 9, 10];

    public static readonly IReadOnlyDictionary<string, RunwayModel> ImageToVideo = new Dictionary<string, RunwayModel>
    {
        ["gen4.5"] = new(Gen4Video, TwoToTen, NeedsPrompt: true, NeedsSeconds: true, CreditsPerSecond: 12),
        ["gen4_turbo"] = new(Gen4Video, TwoToTen, NeedsPrompt: false, NeedsSeconds: false, CreditsPerSecond: 5),
        ["veo3.1"] = new(Veo, [4, 6, 8], NeedsPrompt: false, NeedsSeconds: false, CreditsPerSecond: 40),
        ["veo3.1_fast"] = new(Veo, [4, 6, 8], NeedsPrompt: false, NeedsSeconds: false, CreditsPerSecond: 15),
    };

    public static readonly IReadOnlyDictionary<string, RunwayModel> TextToVideo = new Dictionary<string, RunwayModel>
    {
        ["gen4.5"] = new(["1280:720", "720:1280"], TwoToTen, NeedsPrompt: true, NeedsSeconds: true, CreditsPerSecond: 12),
        ["veo3.1"] = new(Veo, [4, 6, 8], NeedsPrompt: true, NeedsSeconds: false, CreditsPerSecond: 40),
        ["veo3.1_fast"] = new(Veo, [4, 6, 8], NeedsPrompt: true, NeedsSeconds: false, CreditsPerSecond: 15),
    };

    public static readonly IReadOnlyDictionary<string, RunwayModel> TextToImage = new Dictionary<string, RunwayModel>
    {
        ["gen4_image"] = new(Gen4Image, [], NeedsPrompt: true, NeedsSeconds: false, CreditsPerSecond: 5),
        ["gen4_image_turbo"] = new(Gen4Image, [], NeedsPrompt: true, NeedsSeconds: false, CreditsPerSecond: 2, NeedsReferences: true),
        ["gemini_2.5_flash"] = new(Gemini, [], NeedsPrompt: true, NeedsSeconds: false, CreditsPerSecond: 5),
    };
}

/// <param name="Seconds">Lengths it makes; empty for pictures.</param>
/// <param name="CreditsPerSecond">What it costs for a second, or for a picture.</param>
internal sealed record RunwayModel(string[] Ratios, int[] Seconds, bool NeedsPrompt, bool NeedsSeconds, int CreditsPerSecond, bool NeedsReferences = false);
