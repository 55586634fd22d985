namespace AIMake.Speech.Audio;

/// <summary>How segments are put together. Part of what makes a sound, but not of what is kept: it applies when joining.</summary>
internal sealed record JoinSettings
{
    /// <summary>Between two sentences.</summary>
    public TimeSpan SentencePause { get; init; } = TimeSpan.FromMilliseconds(220);

    /// <summary>Between two paragraphs.</summary>
    public TimeSpan ParagraphPause { get; init; } = TimeSpan.FromMilliseconds(550);

    /// <summary>Edges of a segment below this level, in dBFS, count as silence.</summary>
    public double SilenceLevel { get; init; } = -50;

    /// <summary>Silence left before the first sound: breath and the onset of soft consonants.</summary>
    public TimeSpan KeepBefore { get; init; } = TimeSpan.FromMilliseconds(15);

    /// <summary>Silence left after the last sound, where voices trail off.</summary>
    public TimeSpan KeepAfter { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Length of the fade at either edge.</summary>
    public TimeSpan Fade { get; init; } = TimeSpan.FromMilliseconds(4);

    /// <summary>Loudness every segment is brought towards: gated RMS in dBFS.</summary>
    public double Loudness { get; init; } = -20;

    /// <summary>Most a segment is made louder or quieter, in dB: enough to even out, not to shout a whisper.</summary>
    public double MostGain { get; init; } = 6;

    /// <summary>No sample becomes louder than this, in dBFS.</summary>
    public double Ceiling { get; init; } = -1;
}
