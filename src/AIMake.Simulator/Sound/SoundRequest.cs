namespace AIMake.Simulator.Sound;

/// <param name="Format">One of mp3, opus, aac, flac, wav, pcm.</param>
/// <param name="Speed">0.25 to 4.</param>
internal sealed record SoundRequest(string Text, string Voice, double Speed, string Format);
