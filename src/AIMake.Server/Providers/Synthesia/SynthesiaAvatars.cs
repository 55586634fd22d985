namespace AIMake.Providers.Synthesia;

/// <summary>
/// What a scene is made of. The API lists neither avatars nor backgrounds; the ids are the vendor's, from its documentation
/// (docs.synthesia.io, 2026-09-10). Others, such as an account's own, are named in a request's options.
/// </summary>
internal static class SynthesiaAvatars
{
    public const string Default = "anna_costume1_cameraA";

    public const string DefaultBackground = "off_white";

    public static IReadOnlyList<string> Backgrounds { get; } =
    [
        "green_screen", "off_white", "warm_white", "light_pink", "soft_pink", "light_blue", "dark_blue", "soft_cyan", "strong_cyan", "light_orange",
        "soft_orange", "white_studio", "white_cafe", "luxury_lobby", "large_window", "white_meeting_room", "open_office",
    ];

    public static IReadOnlyList<string> Ratios { get; } = ["16:9", "9:16", "1:1", "4:5", "5:4"];
}
