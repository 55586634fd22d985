namespace AIMake.Simulator.Sound;

/// <summary>
/// Remembers what the simulator said of late, so that it can write down its own words: the only speech it understands.
/// Recordings are told by their loudness, so they may have been cut, joined and encoded anew.
/// </summary>
internal sealed class SpokenMemory
{
    private const int MostRecordings = 300;
    private const int LongestRecording = 24 << 20;
    private const double AlikeEnough = 0.9;

    /// <summary>How far a recording may lie from where the silence before it ends, in frames.</summary>
    private const int Play = 4;

    private readonly Lock _gate = new();
    private readonly Queue<Recording> _recordings = [];

    public void Remember(SoundRequest request, byte[] bytes)
    {
        if (bytes.Length is 0 or > LongestRecording) return;
        lock (_gate)
        {
            _recordings.Enqueue(new Recording(request, bytes));
            if (_recordings.Count > MostRecordings) _recordings.Dequeue();
        }
    }

    /// <summary>What is said in a recording, and when; null when it is no recording.</summary>
    public async Task<Transcript?> HearAsync(byte[] recording, CancellationToken ct)
    {
        if (await Loudness.OfFileAsync(recording, ct) is not { } frames) return null;
        List<Recording> known;
        lock (_gate) known = [.. _recordings];
        known.Reverse(); // the latest first
        foreach (var one in known) await one.ListenAsync(ct);

        var phrases = new List<Phrase>();
        var quiet = Loudness.Quiet(frames);
        for (var at = 0; at < frames.Length;)
        {
            if (frames[at] <= quiet)
            {
                at++;
                continue;
            }
            if (Recognise(frames, at, known) is not { } found) break;
            phrases.Add(new Phrase(found.Text, Seconds(found.From), Seconds(found.To)));
            at = found.To;
        }
        return new Transcript(phrases, Seconds(frames.Length));
    }

    private static (string Text, int From, int To)? Recognise(float[] frames, int at, List<Recording> known)
    {
        (string Text, int From, int To)? best = null;
        var bestScore = 0.0;
        foreach (var one in known)
            for (var from = Math.Max(0, at - Play); from <= at + Play && from + one.Sounding.Length <= frames.Length + Play; from++)
            {
                var length = Math.Min(one.Sounding.Length, frames.Length - from);
                if (length < 5) break;
                var likeness = Loudness.Likeness(frames.AsSpan(from, length), one.Sounding.Span[..length]);
                var score = likeness + length * 0.00001; // of two that fit, the longer
                if (likeness < AlikeEnough || score <= bestScore) continue;
                (best, bestScore) = ((one.Text, from, from + length), score);
            }
        return best;
    }

    private static double Seconds(int frames) => Math.Round(frames * Loudness.FrameSeconds, 2);

    private sealed class Recording(SoundRequest request, byte[] bytes)
    {
        private byte[]? _bytes = bytes;

        public string Text => request.Text;

        public ReadOnlyMemory<float> Sounding { get; private set; }

        public async Task ListenAsync(CancellationToken ct)
        {
            if (_bytes is not { } unheard) return;
            var frames = request.Format switch
            {
                "pcm" => Loudness.OfSamples(unheard),
                "wav" => Loudness.OfSamples(unheard.AsSpan(44)),
                _ => await Loudness.OfFileAsync(unheard, ct) ?? [],
            };
            Sounding = frames.AsMemory(Loudness.Sounding(frames));
            _bytes = null;
        }
    }
}

/// <param name="Seconds">Length of the recording.</param>
internal sealed record Transcript(IReadOnlyList<Phrase> Phrases, double Seconds)
{
    /// <summary>Said of what was not understood.</summary>
    public const string Unknown = "This is not a voice the simulator knows.";

    public string Text => Phrases.Count == 0 ? Unknown : string.Join(' ', Phrases.Select(phrase => phrase.Text));

    /// <summary>At least one, whatever was heard.</summary>
    public IReadOnlyList<Phrase> Segments => Phrases.Count == 0 ? [new Phrase(Unknown, 0, Seconds)] : Phrases;
}

/// <summary>Times in seconds.</summary>
internal sealed record Phrase(string Text, double Start, double End);
