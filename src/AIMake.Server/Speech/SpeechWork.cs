using AIMake.Catalog;

namespace AIMake.Speech;

/// <summary>
/// What a speech generation has to do, as its row keeps it and any node reads it again. The price is the one quoted, whatever
/// the catalog says later.
/// </summary>
/// <param name="AssetId">The audio to make, or to make a new version of.</param>
/// <param name="IsEdit">Whether an audio of that id is to be renewed.</param>
/// <param name="Title">For a new audio.</param>
/// <param name="Tags">For a new audio.</param>
/// <param name="OwnKey">It is spoken with the user's own key.</param>
internal sealed record SpeechWork(
    Guid AssetId, bool IsEdit, string Text, string VoiceId, double Speed, string Format, string Title, IReadOnlyList<string> Tags, UnitPrice Price,
    bool OwnKey = false)
{
    public const string Kind = "speech";
}
