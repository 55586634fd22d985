using AIMake.Platform.Media;

namespace AIMake.Speech.Audio;

/// <summary>Where a segment ended up in the whole.</summary>
/// <param name="Start">Its first sample.</param>
/// <param name="End">One past its last; the pause after it does not count.</param>
internal readonly record struct SegmentSpan(long Start, long End);

/// <summary>
/// Puts spoken segments together: silence at their edges is cut, their loudness evened, a short fade taken so that nothing clicks,
/// and pauses set between them. What has been asked for as a pause is a minimum: between sentences it is the longer
/// of both. One caller at a time; the encoder stays the caller's to dispose.
/// </summary>
internal sealed class SpeechJoiner(IAudioEncoder encoder, int sampleRate, JoinSettings settings)
{
    private readonly Waveform _waveform = new(sampleRate);
    private TimeSpan _asked;
    private TimeSpan _usual;

    /// <summary>Samples written so far.</summary>
    public long Samples { get; private set; }

    public int SampleRate => sampleRate;

    /// <summary>Silence asked for before the next segment, from the text's markup.</summary>
    public void Pause(TimeSpan length)
    {
        if (length > _asked) _asked = length;
    }

    /// <summary>
    /// Appends a segment, after the pause due since the one before. Null when there was no sound in it: then nothing was appended.
    /// </summary>
    /// <param name="pcm">Its sound as the voice made it, at the joiner's sample rate; not changed.</param>
    /// <param name="paragraphEnd">Whether the usual pause after it is that of a paragraph.</param>
    /// <param name="pauseAfter">Silence asked for after it.</param>
    public async ValueTask<SegmentSpan?> AddAsync(ReadOnlyMemory<byte> pcm, bool paragraphEnd, TimeSpan pauseAfter, CancellationToken ct)
    {
        var sound = Prepare(pcm.Span);
        SegmentSpan? span = null;
        if (sound is not null)
        {
            await WritePauseAsync(_asked > _usual ? _asked : _usual, ct);
            span = new SegmentSpan(Samples, Samples + sound.Length / 2);
            await encoder.WriteAsync(sound, ct);
            _waveform.Add(Pcm.Samples(sound.AsSpan()));
            Samples = span.Value.End;
            _usual = settings.SentencePause;
        }
        if (paragraphEnd && Samples > 0) _usual = settings.ParagraphPause;
        Pause(pauseAfter);
        return span;
    }

    /// <summary>Ends the whole: a pause asked for at the end is written, the usual one is not.</summary>
    public async Task<EncodedAudio> CompleteAsync(CancellationToken ct)
    {
        await WritePauseAsync(_asked, ct);
        return await encoder.CompleteAsync(ct);
    }

    /// <summary>The outline of all that was written, see <see cref="Waveform.ToBars"/>.</summary>
    public byte[] Peaks(int bars) => _waveform.ToBars(bars);

    private byte[]? Prepare(ReadOnlySpan<byte> pcm)
    {
        var samples = Pcm.Samples(pcm);
        if (SoundEdges.Find(samples, sampleRate, settings) is not { } edges) return null;
        var (offset, length) = edges.GetOffsetAndLength(samples.Length);
        var gain = Loudness.Gain(samples.Slice(offset, length), sampleRate, settings);
        var sound = pcm.Slice(offset * 2, length * 2).ToArray();
        var copy = Pcm.Samples(sound.AsSpan());
        Pcm.Scale(copy, gain);
        Pcm.FadeEdges(copy, (int)(settings.Fade.TotalSeconds * sampleRate));
        return sound;
    }

    private async ValueTask WritePauseAsync(TimeSpan length, CancellationToken ct)
    {
        (_asked, _usual) = (TimeSpan.Zero, TimeSpan.Zero);
        var samples = (long)Math.Round(length.TotalSeconds * sampleRate);
        if (samples <= 0) return;
        await encoder.WriteSilenceAsync(samples, ct);
        _waveform.AddSilence(samples);
        Samples += samples;
    }
}
