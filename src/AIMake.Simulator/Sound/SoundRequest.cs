namespace AIMake.Simulator.Sound;

/// <param name="Format">One of mp3, opus, aac, flac, wav, pcm, ulaw, alaw.</param>
/// <param name="Speed">0.25 to 4.</param>
/// <param name="SampleRate">In Hz.</param>
internal sealed record SoundRequest(string Text, string Voice, double Speed, string Format, int SampleRate = SoundMaker.SampleRate);
