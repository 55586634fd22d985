namespace AIMake.Speech;

/// <summary>Text to be spoken.</summary>
public sealed record SpeechRequest
{
    /// <summary>
    /// What to say: up to 500,000 characters. <c>[pause 1s]</c> asks for silence (at most 10 s). Line breaks and punctuation shape
    /// the pauses.
    /// </summary>
    public required string Text { get; init; }

    /// <summary>An <c>id</c> from <c>GET /api/voices</c>.</summary>
    public required string VoiceId { get; init; }

    /// <summary>Rate of speaking, 0.5 to 2, in steps of 0.01; 1 is the voice's own.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>
    /// <c>mp3</c>, <c>wav</c>, <c>opus</c>, <c>flac</c>, <c>aac</c> or <c>pcm</c>: samples of 16 bit at 24 kHz, mono, little-endian, bare while they
    /// are streamed and kept as WAV.
    /// </summary>
    public string Format { get; init; } = "mp3";

    /// <summary>1 to 200 characters; absent: the first words of the text.</summary>
    public string? Title { get; init; }

    /// <summary>At most 20, of 1 to 50 characters each.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>True to have it spoken with your own key for the voice's provider (<c>/api/keys</c>): that costs no credits.</summary>
    public bool OwnKey { get; init; }
}

/// <summary>As <see cref="SpeechRequest"/>, to learn the price. Nothing is spoken.</summary>
public sealed record SpeechQuoteRequest
{
    /// <summary>What would be said.</summary>
    public required string Text { get; init; }

    /// <summary>An <c>id</c> from <c>GET /api/voices</c>; may be left out with <see cref="AudioId"/>.</summary>
    public string? VoiceId { get; init; }

    /// <summary>0.5 to 2.</summary>
    public double? Speed { get; init; }

    /// <summary>Accepted and checked; the price does not depend on it.</summary>
    public string? Format { get; init; }

    /// <summary>Accepted and checked; the price does not depend on it.</summary>
    public string? Title { get; init; }

    /// <summary>Accepted and checked; the price does not depend on it.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Prices an edit of this audio: its voice and speed are used where none are given.</summary>
    public Guid? AudioId { get; init; }

    /// <summary>With your own key for the voice's provider: no credits.</summary>
    public bool OwnKey { get; init; }
}

/// <summary>New text for an audio.</summary>
/// <param name="Text">The whole text as it shall be. Only sentences that changed are spoken and charged.</param>
/// <param name="OwnKey">True to have them spoken with your own key for the voice's provider: that costs no credits.</param>
public sealed record EditSpeechRequest(string Text, bool OwnKey = false);
