namespace AIMake.Speech.Audio;

/// <summary>Gathers the outline of a sound of unknown length, to be drawn as bars.</summary>
internal sealed class Waveform(int sampleRate)
{
    /// <summary>Fewest and most bars that make sense on a screen.</summary>
    public const int FewestBars = 200, MostBars = 1000;

    private readonly int _block = Math.Max(1, sampleRate / 50);
    private readonly List<byte> _peaks = [];
    private int _filled;
    private int _peak;

    public void Add(ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            var take = Math.Min(_block - _filled, samples.Length);
            _peak = Math.Max(_peak, Pcm.Peak(samples[..take]));
            Advance(take);
            samples = samples[take..];
        }
    }

    public void AddSilence(long samples)
    {
        while (samples > 0)
        {
            var take = (int)Math.Min(_block - _filled, samples);
            Advance(take);
            samples -= take;
        }
    }

    /// <summary>The highest peak within each of <paramref name="bars"/> equal stretches; 255 is full scale.</summary>
    public byte[] ToBars(int bars)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bars, FewestBars);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bars, MostBars);
        var all = _filled > 0 ? [.. _peaks, Byte(_peak)] : _peaks;
        var result = new byte[bars];
        if (all.Count == 0) return result;
        for (var i = 0; i < bars; i++)
        {
            var from = (int)((long)i * all.Count / bars);
            var to = Math.Max(from + 1, (int)((i + 1L) * all.Count / bars));
            for (var j = from; j < to; j++) result[i] = Math.Max(result[i], all[j]);
        }
        return result;
    }

    private void Advance(int samples)
    {
        _filled += samples;
        if (_filled < _block) return;
        _peaks.Add(Byte(_peak));
        (_filled, _peak) = (0, 0);
    }

    private static byte Byte(int peak) => (byte)Math.Min(255, peak * 255 / 32767);
}
