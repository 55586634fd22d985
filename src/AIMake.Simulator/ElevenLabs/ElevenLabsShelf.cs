using System.Text.Json.Nodes;

namespace AIMake.Simulator.ElevenLabs;

/// <summary>The voices and models of the simulated account, with the vendor's own ids.</summary>
internal static class ElevenLabsShelf
{
    private static readonly string[] Given =
    [
        "JBFqnCBsd6RMkjVDRZzb George male", "EXAVITQu4vr4xnSDxMaL Sarah female", "onwK4e9ZLuTAKqWW03F9 Daniel male",
        "XB0fDUnXU5powFXDhCwa Charlotte female", "21m00Tcm4TlvDq8ikWAM Rachel female",
    ];

    /// <summary>Enough for three pages of ten, the first a little larger.</summary>
    public static IReadOnlyList<(string Id, string Name, string Gender)> Voices { get; } =
    [
        .. Given.Select(line => line.Split(' ')).Select(words => (words[0], words[1], words[2])),
        .. Enumerable.Range(1, 22).Select(i => ($"sim{i:D17}", $"Voice {i}", i % 2 == 0 ? "female" : "male")),
    ];

    public static IReadOnlyList<(string Id, string Name, int Limit, double Cost, string Group)> Models { get; } =
    [
        ("eleven_v3", "Eleven v3", 3_000, 1, "a"),
        ("eleven_multilingual_v2", "Eleven Multilingual v2", 10_000, 1, "a"),
        ("eleven_flash_v2_5", "Eleven Flash v2.5", 40_000, 0.5, "b"),
        ("eleven_turbo_v2_5", "Eleven Turbo v2.5", 40_000, 0.5, "b"),
    ];

    public static bool HasVoice(string id) => Voices.Any(voice => voice.Id == id);

    /// <summary>A voice of the sound maker's with the same sex.</summary>
    public static string SpokenBy(string id) => Voices.FirstOrDefault(voice => voice.Id == id).Gender == "female" ? "nova" : "onyx";

    public static JsonObject Describe((string Id, string Name, string Gender) voice) => new()
    {
        ["voice_id"] = voice.Id, ["name"] = voice.Name, ["category"] = "premade", ["description"] = "A voice of the simulator.",
        ["labels"] = new JsonObject { ["gender"] = voice.Gender, ["accent"] = "british" }, ["preview_url"] = null, ["settings"] = null, ["samples"] = null,
        ["available_for_tiers"] = new JsonArray(), ["high_quality_base_model_ids"] = new JsonArray("eleven_multilingual_v2"),
        ["verified_languages"] = new JsonArray(new JsonObject { ["language"] = "en", ["model_id"] = "eleven_multilingual_v2", ["accent"] = "british", ["locale"] = "en-GB" }),
        ["is_owner"] = false, ["is_legacy"] = false,
    };

    public static JsonObject Describe((string Id, string Name, int Limit, double Cost, string Group) model) => new()
    {
        ["model_id"] = model.Id, ["name"] = model.Name, ["description"] = "A model of the simulator.", ["can_do_text_to_speech"] = true,
        ["can_do_voice_conversion"] = false, ["can_be_finetuned"] = false, ["can_use_style"] = true, ["can_use_speaker_boost"] = true,
        ["serves_pro_voices"] = false, ["requires_alpha_access"] = false, ["token_cost_factor"] = model.Cost,
        ["maximum_text_length_per_request"] = model.Limit, ["max_characters_request_free_user"] = 2500, ["max_characters_request_subscribed_user"] = model.Limit,
        ["languages"] = new JsonArray(new JsonObject { ["language_id"] = "en", ["name"] = "English" }),
        ["model_rates"] = new JsonObject { ["character_cost_multiplier"] = model.Cost, ["cost_discount_multiplier"] = null }, ["concurrency_group"] = model.Group,
    };
}
