using AIMake.Speech.Captions;
using AIMake.Speech.Storage;
using AIMake.Speech.Takes;
using AIMake.Speech.Text;

namespace AIMake.Speech.Audios;

/// <summary>Captions of an audio, from its text and the times its segments are heard.</summary>
internal static class AudioCaptions
{
    public static IEnumerable<Caption> Of(AudioRow audio) => Timeline.FromJson(audio.Timeline).SelectMany(entry => CaptionCues.Of(
        SpokenText.From(audio.Text.AsSpan(entry.Start, entry.End - entry.Start), out _),
        TimeSpan.FromMilliseconds(entry.StartMs),
        TimeSpan.FromMilliseconds(entry.EndMs)));
}
